using System.Text;
using System.Text.RegularExpressions;
using SecretsOps.Cryptography;
using SecretsOps.Sops;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Compatibility.Tests.Sops.Checklist;

/// <summary>Rows 1 to 23 of the checklist: encrypted values, and what the MAC covers.</summary>
public sealed class ValueRowTests
{
    private const string Nonce = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
    private static readonly byte[] VectorKey = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];

    public static TheoryData<string, string, string, string, string> Vectors => new()
    {
        { "str", "hello", "a:b:", "f6SdJOI=", "TEFu+ejkdT0ijPtelDWwfg==" },
        { "int", "-42", "a:b:", "OvXD", "DiKSkFr/96ap8hAaEdhc0g==" },
        { "float", "1234568000", "n:", "JvPCfLg57hP2YQ==", "mrw6yWSwTgWdU2wtZXdcAw==" },
        { "float", "25.4", "n:", "JfTffA==", "p/4+2CXbeZc2Cqdb/kdMig==" },
        { "bool", "True", "flag:", "Q7OELQ==", "OAxCU+J6nicSCpxmQvT0Cw==" },
        { "comment", " hi", ":", "N6mY", "TLrcWRhCKGZvYeJ5iDAM8Q==" },
        { "str", "é\n\"x", "k:", "1Gj7avU=", "IzE/RaE6dXHuqLWJch83jw==" },
        { "time", "2024-01-01T00:00:00Z", "t:", "JfHDfKA/5w72YDJH1rpRz72hh/4=", "ta0UXpb5h7+yR1p3dxTpWQ==" },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Row_001_to_010_The_vectors_decrypt(string type, string plaintext, string associatedData, string data, string tag)
    {
        using var cipher = Cipher(VectorKey);
        var text = $"ENC[AES256_GCM,data:{data},iv:{Nonce},tag:{tag},type:{type}]";

        var (actualType, actual) = cipher.Decrypt(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(associatedData));

        Assert.Equal((type, plaintext), (actualType, Encoding.UTF8.GetString(actual)));
    }

    [Fact]
    public void Row_001_The_upstream_vector_decrypts()
    {
        using var cipher = Cipher([.. Enumerable.Repeat((byte)'f', 32)]);

        var (_, plaintext) = cipher.Decrypt("ENC[AES256_GCM,data:oYyi,iv:MyIDYbT718JRr11QtBkcj3Dwm4k1aCGZBVeZf0EyV8o=,tag:t5z2Z023Up0kxwCgw1gNxg==,type:str]"u8, "bar:"u8);

        Assert.Equal("foo"u8.ToArray(), plaintext);
    }

    [Fact]
    public async Task Row_002_Nonces_have_32_bytes_and_never_repeat()
    {
        using var bench = new Workbench();
        var text = await bench.EncryptAsync("f.yaml", string.Concat(Enumerable.Range(0, 200).Select(n => $"k{n}: v\n")));

        var nonces = Regex.Matches(text, "iv:([^,]*),").Select(match => match.Groups[1].Value).ToList();

        Assert.All(nonces, nonce => Assert.Equal(32, Convert.FromBase64String(nonce).Length));
        Assert.Equal(201, nonces.Distinct().Count());
    }

    [Fact]
    public void Row_003_Nonces_of_12_bytes_are_read()
    {
        using var gcm = new System.Security.Cryptography.AesGcm(VectorKey, 16);
        var (nonce, ciphertext, tag) = (new byte[12], new byte[5], new byte[16]);
        gcm.Encrypt(nonce, "hello"u8, ciphertext, tag, "a:"u8);
        using var cipher = Cipher(VectorKey);

        var text = $"ENC[AES256_GCM,data:{Convert.ToBase64String(ciphertext)},iv:{Convert.ToBase64String(nonce)},tag:{Convert.ToBase64String(tag)},type:str]";

        Assert.Equal("hello"u8.ToArray(), cipher.Decrypt(Encoding.UTF8.GetBytes(text), "a:"u8).Plaintext);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("t", true)]
    [InlineData("TRUE", true)]
    [InlineData("F", false)]
    [InlineData("false", false)]
    public void Row_008_Booleans_decode_in_every_spelling_of_Go(string text, bool value) =>
        Assert.Equal(value ? "True" : "False", ScalarType.FromPlaintext("bool", Encoding.UTF8.GetBytes(text)).Text);

    [Fact]
    public async Task Row_009_A_date_becomes_a_time_in_UTC()
    {
        using var bench = new Workbench();
        Assert.Contains("type:time]", await bench.EncryptAsync("f.yaml", "d: 2024-01-01\n"), StringComparison.Ordinal);
        Assert.Equal("d: 2024-01-01T00:00:00Z\n", await bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public void Row_011_Type_bytes_decrypts_to_a_string() =>
        Assert.Equal(TreeScalarKind.Text, ScalarType.FromPlaintext("bytes", [0xFF, 1]).Kind);

    [Fact]
    public void Row_012_An_unknown_type_is_an_error_of_decryption()
    {
        var failure = Assert.Throws<SopsException>(() => ScalarType.FromPlaintext("foo", [1]));
        Assert.Equal((SopsExitCode.DecryptingTree, "Unknown datatype: foo"), (failure.Code, failure.Message));
    }

    [Theory]
    [InlineData("a: \"\"\n")]
    [InlineData("a: null\n")]
    [InlineData("a: {}\n")]
    [InlineData("a: []\n")]
    public async Task Row_013_to_015_Empty_values_stay_as_they_are(string text)
    {
        using var bench = new Workbench();
        Assert.StartsWith(text + "sops:", await bench.EncryptAsync("f.yaml", text), StringComparison.Ordinal);
        Assert.Equal(text, await bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_014_A_null_added_later_is_not_noticed()
    {
        using var bench = new Workbench();
        bench.Write("f.yaml", "nothing: null\n" + await bench.EncryptAsync("f.yaml", "a: 1\n"));
        Assert.Equal("nothing: null\na: 1\n", await bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_016_Text_after_a_value_is_ignored()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: hello\n");
        bench.Replace("f.yaml", ",type:str]\nsops", ",type:str] x\nsops");
        Assert.Equal("a: hello\n", await bench.DecryptAsync("f.yaml"));
    }

    [Theory]
    [InlineData("data:", "data:!")]
    [InlineData("tag:", "tag:A")]
    public async Task Row_017_A_damaged_value_is_refused_without_output(string old, string replacement)
    {
        using var bench = new Workbench();
        var text = await bench.EncryptAsync("f.yaml", "a: hello\n");
        bench.Write("f.yaml", new Regex(Regex.Escape(old)).Replace(text, replacement, 1));

        var run = await bench.SopsAsync("decrypt", "f.yaml");

        Assert.Equal(25, run.ExitCode);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Row_018_A_renamed_key_is_refused()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "key: hello\n");
        bench.Replace("f.yaml", "key: ENC", "kez: ENC");
        Assert.Equal(25, (await bench.SopsAsync("decrypt", "f.yaml")).ExitCode);
    }

    [Fact]
    public async Task Row_019_Exchanged_list_items_decrypt_but_for_the_MAC()
    {
        using var bench = new Workbench();
        var lines = (await bench.EncryptAsync("f.yaml", "l:\n    - one\n    - two\n")).Split('\n');
        (lines[1], lines[2]) = (lines[2], lines[1]);
        bench.Write("f.yaml", string.Join('\n', lines));

        Assert.Equal(51, (await bench.SopsAsync("decrypt", "f.yaml")).ExitCode);
        Assert.Equal("l:\n    - two\n    - one\n", await bench.DecryptAsync("f.yaml", "--ignore-mac"));
    }

    [Fact]
    public async Task Row_020_Comments_are_bound_to_their_container()
    {
        using var bench = new Workbench();
        var text = await bench.EncryptAsync("f.yaml", "# top\na:\n    # inside\n    b: 1\n");
        var lines = text.Split('\n');
        bench.Write("f.yaml", string.Join('\n', [lines[2].Trim(), .. lines[1..2], "    " + lines[0], .. lines[3..]]));

        var run = await bench.SopsAsync("decrypt", "f.yaml");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("possibly unencrypted comment", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("# top", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Row_022_The_MAC_of_the_vector_comes_out()
    {
        using var mac = new TreeMac(isOnlyEncrypted: false);
        foreach (var value in new[] { "bar", "1", "2.5", "True", "x", "y" })
        {
            mac.Add(Encoding.UTF8.GetBytes(value));
        }

        Assert.Equal("E66D0FDC4C3AEC141DEFE50F92FF1A3A171F479676983E8887727E25B0345DF202568AD4D13081D2D3F54513CF7497482843597579474BF62017CA759094F359", mac.Finish());
    }

    [Fact]
    public void Row_025_The_MAC_over_encrypted_values_only_has_its_own_beginning()
    {
        using var mac = new TreeMac(isOnlyEncrypted: true);
        Assert.Equal("1EE9AD533B409ABB860E3F836F93434DD393834C3D25963ED4DF84DA948472B4C0FE49F92A6E7EB408269999429CF03720535D236983DC0A551DB5AF3D466F7B", mac.Finish());
    }

    private static ValueCipher Cipher(byte[] key) => new(new SecretBytes(key));
}
