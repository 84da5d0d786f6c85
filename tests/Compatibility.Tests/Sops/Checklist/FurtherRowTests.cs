using System.Text;
using System.Text.RegularExpressions;
using SecretsOps.Cryptography;
using SecretsOps.Sops.Tree;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.Compatibility.Tests.Sops.Checklist;

/// <summary>Rows whose neighbours in the other classes test something else: one test each.</summary>
public sealed class FurtherRowTests : IDisposable
{
    private const string PgpFingerprint = "AD3990B9D4711E92B5BE684EECBEBDCEF33AA94C";
    private const string Nonce = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Row_004_Text_is_encrypted_as_UTF_8()
    {
        using var cipher = new ValueCipher(new SecretBytes([.. Enumerable.Range(0, 32).Select(value => (byte)value)]));

        var (type, plaintext) = cipher.Decrypt(Encoding.UTF8.GetBytes($"ENC[AES256_GCM,data:1Gj7avU=,iv:{Nonce},tag:IzE/RaE6dXHuqLWJch83jw==,type:str]"), "k:"u8);

        Assert.Equal(("str", "é\n\"x"), (type, Encoding.UTF8.GetString(plaintext)));
    }

    [Fact]
    public async Task Row_010_A_comment_is_encrypted_as_type_comment_in_its_place()
    {
        var text = await _bench.EncryptAsync("f.yaml", "# top\n# second\na: 1\n");
        Assert.StartsWith("#ENC[AES256_GCM,data:", text, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(text, "#ENC[^#]*,type:comment]"));
        Assert.Equal("# top\n# second\na: 1\n", await _bench.DecryptAsync("f.yaml"));
    }

    [Theory]
    [InlineData("m: {}\n")]
    [InlineData("l: []\n")]
    public async Task Row_015_Empty_maps_and_lists_are_outside_of_the_MAC(string line)
    {
        _bench.Write("f.yaml", line + await _bench.EncryptAsync("f.yaml", "a: 1\n"));
        Assert.Equal(line + "a: 1\n", await _bench.DecryptAsync("f.yaml"));
    }

    [Theory]
    [InlineData("f.ini", "[s]\na = one\n", "[s]", "[t]")]
    [InlineData("f.ini", "[s]\na = one\n", "\na", "\nb")]
    [InlineData("f.env", "A=one\n", "A=", "B=")]
    public async Task Row_021_Values_are_bound_to_section_and_key(string name, string plain, string old, string replacement)
    {
        var text = await _bench.EncryptAsync(name, plain);
        _bench.Write(name, new Regex(Regex.Escape(old)).Replace(text, replacement, 1));
        Assert.Equal(25, (await _bench.SopsAsync("decrypt", name)).ExitCode);
    }

    [Fact]
    public async Task Row_021_Binary_files_are_bound_to_the_word_data()
    {
        var text = await _bench.EncryptAsync("f.bin", "one");
        _bench.Write("f.json", text);
        Assert.Equal("{\n\t\"data\": \"one\"\n}\n", await _bench.DecryptAsync("f.json"));
        _bench.Write("f.json", text.Replace("\"data\"", "\"datum\"", StringComparison.Ordinal));
        Assert.Equal(25, (await _bench.SopsAsync("decrypt", "f.json")).ExitCode);
    }

    [Fact]
    public async Task Row_044_Two_encryptions_share_nothing()
    {
        var (first, second) = (Random(await _bench.EncryptAsync("f.yaml", "a: 1\nb: x\n")), Random(await _bench.EncryptAsync("f.yaml", "a: 1\nb: x\n")));
        Assert.Equal(6, first.Count);
        Assert.Empty(first.Intersect(second));
        static List<string> Random(string text) => [.. Regex.Matches(text, "(?:iv|tag):([^,]+),").Select(match => match.Groups[1].Value)];
    }

    [Fact]
    public async Task Row_053_One_group_is_written_flat_and_two_are_nested()
    {
        Assert.DoesNotContain("key_groups", await _bench.EncryptAsync("f.yaml", "a: 1\n"), StringComparison.Ordinal);
        _bench.Write(".sops.yaml", $"creation_rules:\n  - key_groups:\n      - age: [{Workbench.Age1}]\n      - age: [{Workbench.Age2}]\n");
        _bench.Write("g.yaml", "a: 1\n");
        var text = (await _bench.SopsAsync("encrypt", "g.yaml")).Text;
        Assert.Contains("\n    key_groups:\n        - age:\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n    age:", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pgp,age", false)]
    [InlineData("age,pgp", true)]
    public async Task Row_055_Keys_are_tried_in_the_order_asked_for(string order, bool isAgeAsked)
    {
        _bench.Write("f.yaml", "a: 1\n");
        foreach (var (name, value) in SopsIdentities.With("pgp1.asc", "age1.txt"))
        {
            _bench.Variables[name] = value;
        }

        Assert.Equal(0, (await _bench.SopsAsync("encrypt", "-i", "--age", Workbench.Age1, "--pgp", PgpFingerprint, "f.yaml")).ExitCode);
        _bench.Write("key", _bench.Variables["SOPS_AGE_KEY"]);
        _bench.Write("tell.sh", $"touch {_bench.Path}/asked\ncat {_bench.Path}/key\n");
        _bench.Variables.Remove("SOPS_AGE_KEY");
        _bench.Variables["SOPS_AGE_KEY_CMD"] = $"sh {_bench.Path}/tell.sh";

        Assert.Equal("a: 1\n", await _bench.DecryptAsync("f.yaml", "--decryption-order", order));
        Assert.Equal(isAgeAsked, File.Exists(Path.Combine(_bench.Path, "asked")));
    }

    [Fact]
    public async Task Row_063_Metadata_that_occurs_twice_is_refused()
    {
        _bench.Write("f.json", "{\"a\": 1, \"sops\": {}, \"sops\": {}}");
        var json = await _bench.SopsAsync("decrypt", "f.json");
        Assert.Equal((1, true), (json.ExitCode, json.Error.Contains("Found duplicate sops entry", StringComparison.Ordinal)));
        _bench.Write("f.yaml", "a: 1\nsops: {}\nsops: {}\n");
        var yaml = await _bench.SopsAsync("decrypt", "f.yaml");
        Assert.Equal((1, true), (yaml.ExitCode, yaml.Error.Contains("\"sops\" already defined", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Row_081_Duplicate_JSON_keys_are_kept_in_order()
    {
        var text = await _bench.EncryptAsync("f.json", "{\"a\": 1, \"b\": true, \"a\": 2}");
        Assert.Equal(2, Regex.Count(text, "\"a\": \"ENC"));
        Assert.Equal("{\n\t\"a\": 1,\n\t\"b\": true,\n\t\"a\": 2\n}\n", await _bench.DecryptAsync("f.json"));
    }

    [Fact]
    public async Task Row_089_Dotenv_metadata_is_flat_below_sops_()
    {
        var lines = (await _bench.EncryptAsync("f.env", "A=one\n")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("A=ENC[", lines[0], StringComparison.Ordinal);
        Assert.All(lines.Skip(1), line => Assert.StartsWith("sops_", line, StringComparison.Ordinal));
        Assert.Contains($"sops_age__list_0__map_recipient={Workbench.Age1}", lines);
        Assert.Contains(lines, line => line.StartsWith("sops_age__list_0__map_enc=-----BEGIN AGE ENCRYPTED FILE-----\\n", StringComparison.Ordinal));
        Assert.Equal("A=one\n", await _bench.DecryptAsync("f.env"));
    }

    [Fact]
    public async Task Row_093_INI_values_are_text()
    {
        Assert.Contains("type:str]", await _bench.EncryptAsync("f.ini", "[s]\na = 1\n"), StringComparison.Ordinal);
        Assert.DoesNotContain("type:int]", _bench.Text("f.ini"), StringComparison.Ordinal);
        Assert.Equal("[s]\na = 1\n", (await _bench.DecryptAsync("f.ini")).TrimEnd('\n') + "\n");
    }

    [Fact]
    public async Task Row_096_Formats_are_converted_on_the_way_in_and_out()
    {
        _bench.Write("f.yaml", "a: one\nb: 2\n");
        var json = await _bench.SopsAsync("encrypt", "--age", Workbench.Age1, "--output-type", "json", "f.yaml");
        _bench.Write("f.json", json.Text);
        Assert.StartsWith("{\n\t\"a\": \"ENC[", json.Text, StringComparison.Ordinal);
        Assert.Equal("a: one\nb: 2\n", await _bench.DecryptAsync("f.json", "--output-type", "yaml"));
        Assert.Equal("a=one\nb=2\n", await _bench.DecryptAsync("f.json", "--output-type", "dotenv"));
        await _bench.EncryptAsync("g.yaml", "s:\n    a: one\n");
        Assert.Contains("[s]\na = one\n", await _bench.DecryptAsync("g.yaml", "--output-type", "ini"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_127_No_matching_rule_is_an_error_even_with_keys_given()
    {
        _bench.Write(".sops.yaml", $"creation_rules:\n  - path_regex: ^x$\n    age: {Workbench.Age1}\n");
        _bench.Write("y.yaml", "a: 1\n");
        var run = await _bench.SopsAsync("encrypt", "--age", Workbench.Age1, "y.yaml");
        Assert.Equal((1, "error loading config: no matching creation rules found\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Row_148_The_last_key_cannot_be_removed()
    {
        var text = await _bench.EncryptAsync("f.yaml", "a: 1\n");
        var run = await _bench.SopsAsync("rotate", "-i", "--rm-age", Workbench.Age1, "f.yaml");
        Assert.Equal((1, "Could not generate data key: [empty key group provided]\n"), (run.ExitCode, run.Error));
        Assert.Equal(text, _bench.Text("f.yaml"));
    }

    [Fact]
    public async Task Row_150_Updatekeys_keeps_every_byte_but_the_wrapped_keys()
    {
        var before = await _bench.EncryptAsync("f.yaml", "a: 1\n");
        _bench.Write(".sops.yaml", $"creation_rules:\n  - age: {Workbench.Age1},{Workbench.Age2}\n");
        Assert.Equal(0, (await _bench.SopsAsync("updatekeys", "-y", "f.yaml")).ExitCode);
        var after = _bench.Text("f.yaml");
        Assert.Contains(Workbench.Age2, after, StringComparison.Ordinal);
        Assert.Equal(WithoutKeys(before), WithoutKeys(after));
        static string WithoutKeys(string text) => text[..text.IndexOf("    age:", StringComparison.Ordinal)] + text[text.IndexOf("    lastmodified", StringComparison.Ordinal)..];
    }

    [Fact]
    public async Task Row_157_An_edit_changes_only_the_values_edited()
    {
        var before = (await _bench.EncryptAsync("f.yaml", "a: one\nb: two\nc: three\n")).Split('\n');
        _bench.Variables["EDITOR"] = "sed -i s/two/four/";
        Assert.Equal(0, (await _bench.SopsAsync("edit", "f.yaml")).ExitCode);
        var after = _bench.Text("f.yaml").Split('\n');
        Assert.Equal((before[0], before[2]), (after[0], after[2]));
        Assert.NotEqual(before[1], after[1]);
    }

    [Fact]
    public async Task Row_162_Standard_output_holds_the_data_and_nothing_else()
    {
        _bench.Write("f.yaml", "# a comment in the clear\n" + await _bench.EncryptAsync("f.yaml", "a: 1\n"));
        var run = await _bench.SopsAsync("--verbose", "decrypt", "f.yaml");
        Assert.Equal("# a comment in the clear\na: 1\n", run.Text);
        Assert.NotEqual("", run.Error);
        var refused = await _bench.SopsAsync("decrypt", "nope.yaml");
        Assert.Equal(("", true), (refused.Text, refused.Error.Length > 0));
    }

    [Theory]
    [InlineData("a: hunter2\n", "f.yaml", "decrypt", "f.yaml")]
    [InlineData("- hunter2\n", "f.yaml", "encrypt", "--age", Workbench.Age1, "f.yaml")]
    [InlineData("hunter2", "f.yaml", "encrypt", "--age", Workbench.Age1, "f.yaml")]
    [InlineData("a: [hunter2\n", "f.yaml", "encrypt", "--age", Workbench.Age1, "f.yaml")]
    [InlineData("{\"a\": hunter2}", "f.json", "encrypt", "--age", Workbench.Age1, "f.json")]
    [InlineData("hunter2\n", "f.env", "encrypt", "--age", Workbench.Age1, "f.env")]
    [InlineData("[s]\nhunter2\n", "f.ini", "encrypt", "--age", Workbench.Age1, "f.ini")]
    [InlineData("[s\nhunter2\n", "f.ini", "encrypt", "--age", Workbench.Age1, "f.ini")]
    [InlineData("a:\n    b: hunter2\n", "f.yaml", "encrypt", "--age", Workbench.Age1, "--output-type", "dotenv", "f.yaml")]
    public async Task Row_164_Errors_hold_no_value(string content, string name, params string[] arguments)
    {
        _bench.Write(name, content);
        var run = await _bench.SopsAsync(arguments);
        Assert.NotEqual(0, run.ExitCode);
        Assert.DoesNotContain("hunter2", run.Text + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_164_A_damaged_file_is_refused_without_its_values()
    {
        await _bench.EncryptAsync("f.yaml", "a: hunter2\nb_unencrypted: hunter3\n");
        _bench.Replace("f.yaml", "hunter3", "hunter4");
        var run = await _bench.SopsAsync("decrypt", "f.yaml");
        Assert.Equal(51, run.ExitCode);
        Assert.DoesNotContain("hunter", run.Text + run.Error, StringComparison.Ordinal);
    }

    /// <summary>What a release of sops before 3.3.0 may have left: every value of the context set to the same one when it wrapped.</summary>
    [Fact]
    public async Task Row_177_A_file_whose_KMS_context_was_mixed_up_is_opened()
    {
        foreach (var (name, value) in SopsIdentities.WithKms())
        {
            _bench.Variables[name] = value;
        }

        _bench.Write("f.yaml", "a: 1\n");
        Assert.Equal(0, (await _bench.SopsAsync("encrypt", "-i", "--kms", FakeAwsKms.Arn, "--encryption-context", "App:web,Role:web", "f.yaml")).ExitCode);
        _bench.Replace("f.yaml", "            App: web\n", "            App: shop\n");
        Assert.Equal(128, (await _bench.SopsAsync("decrypt", "f.yaml")).ExitCode);

        _bench.Write("f.yaml", Regex.Replace(_bench.Text("f.yaml"), "version: 3.*", "version: 3.2.0"));
        var run = await _bench.SopsAsync("decrypt", "f.yaml");

        Assert.Equal((0, "a: 1\n"), (run.ExitCode, run.Text));
        Assert.Contains("'rotate' it to repair it", run.Error, StringComparison.Ordinal);
    }
}
