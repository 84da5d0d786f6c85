using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SecretsOps.Compatibility.Tests.Sops.Checklist;

/// <summary>Rows 61 to 96 of the checklist: the stores.</summary>
public sealed class StoreRowTests
{
    [Theory]
    [InlineData("", 4)]
    [InlineData("2", 2)]
    [InlineData("8", 8)]
    public async Task Row_061_YAML_is_indented_by_the_option_or_by_four(string indent, int spaces)
    {
        using var bench = new Workbench();
        bench.Write("f.yaml", "a:\n   b: 1\n");
        var run = await bench.SopsAsync([.. indent.Length > 0 ? new[] { "--indent", indent } : [], "encrypt", "--age", Workbench.Age1, "f.yaml"]);
        Assert.StartsWith($"a:\n{new string(' ', spaces)}b: ENC", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_061_A_negative_indent_is_refused()
    {
        using var bench = new Workbench();
        bench.Write("f.yaml", "a: 1\n");
        Assert.NotEqual(0, (await bench.SopsAsync("--indent", "-3", "encrypt", "--age", Workbench.Age1, "f.yaml")).ExitCode);
    }

    [Fact]
    public async Task Row_062_Every_document_carries_the_same_metadata()
    {
        using var bench = new Workbench();
        var blocks = (await bench.EncryptAsync("f.yaml", "a: 1\n---\nb: 2\n")).Split("\n---\n").Select(document => document[document.IndexOf("sops:", StringComparison.Ordinal)..].TrimEnd()).ToList();
        Assert.Equal(2, blocks.Count);
        Assert.Equal(blocks[0], blocks[1]);
    }

    [Theory]
    [InlineData("Row_064", "a: 1\nsops: text\n", "Found sops entry that is not a mapping")]
    [InlineData("Row_065", "a: 1\n", "sops metadata not found")]
    public async Task Row_064_and_065_Metadata_must_be_a_map(string row, string text, string reason)
    {
        using var bench = new Workbench();
        bench.Write("f.yaml", text);
        var run = await bench.SopsAsync("decrypt", "f.yaml");
        Assert.Equal((row, 1, reason + "\n"), (row, run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("Row_066", "- a\n", 2)]
    [InlineData("Row_066", "text\n", 2)]
    [InlineData("Row_067", "", 92)]
    [InlineData("Row_068", "1: a\n", 23)]
    [InlineData("Row_069", "a: 1\na: 2\n", 2)]
    [InlineData("Row_073", "a: 18446744073709551615\n", 23)]
    public async Task Row_066_to_073_What_YAML_cannot_be_encrypted_is_refused(string row, string text, int exitCode)
    {
        using var bench = new Workbench();
        bench.Write("f.yaml", text);
        var run = await bench.SopsAsync("encrypt", "--age", Workbench.Age1, "f.yaml");
        Assert.Equal((row, exitCode), (row, run.ExitCode));
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("Row_070", "a: 010\nb: 08\nc: 0o10\n", "int float int", "a: 8\nb: 8\nc: 8\n")]
    [InlineData("Row_071", "a: yes\nb: on\n", "str str", "a: \"yes\"\nb: \"on\"\n")]
    [InlineData("Row_072", "a: 0x1F\nb: 1_000\nc: 0b101\n", "int int int", "a: 31\nb: 1000\nc: 5\n")]
    [InlineData("Row_005", "a: -42\n", "int", "a: -42\n")]
    [InlineData("Row_006", "a: 1.234568e9\n", "float", "a: 1.234568e+09\n")]
    [InlineData("Row_007", "a: true\n", "bool", "a: true\n")]
    public async Task Row_070_to_072_Scalars_resolve_as_go_yaml_resolves_them(string row, string text, string types, string plaintext)
    {
        using var bench = new Workbench();
        Assert.Equal((row, types), (row, Workbench.TypesIn(await bench.EncryptAsync("f.yaml", text))));
        Assert.Equal(plaintext, await bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_074_Aliases_become_copies()
    {
        using var bench = new Workbench();
        Assert.Equal("a:\n    x: 1\nb:\n    x: 1\n", await bench.RoundTripAsync("f.yaml", "a: &anchor\n  x: 1\nb: *anchor\n"));
    }

    [Theory]
    [InlineData("a: |\n    one\n    two\n")]
    [InlineData("a: |-\n    one\n    two\n")]
    [InlineData("a: |+\n    one\n\nb: x\n")]
    public async Task Row_075_Block_scalars_keep_their_line_breaks(string text)
    {
        using var bench = new Workbench();
        Assert.Equal(text, await bench.RoundTripAsync("f.yaml", text));
    }

    [Theory]
    [InlineData("a: héllo 你好\n", "a: héllo 你好\n")]
    [InlineData("\uFEFFa: b\n", "a: b\n")]
    [InlineData("a: b\r\nc: d\r\n", "a: b\nc: d\n")]
    public async Task Row_076_Unicode_marks_and_line_ends_of_Windows_are_read(string text, string expected)
    {
        using var bench = new Workbench();
        Assert.Equal(expected, await bench.RoundTripAsync("f.yaml", text));
    }

    [Fact]
    public async Task Row_077_and_081_JSON_keeps_order_and_duplicate_keys_and_is_indented_by_tabs()
    {
        using var bench = new Workbench();
        const string Text = "{\n\t\"z\": 1,\n\t\"a\": {\n\t\t\"b\": [\n\t\t\ttrue,\n\t\t\tnull\n\t\t]\n\t},\n\t\"z\": 2\n}\n";
        Assert.Equal(Text, await bench.RoundTripAsync("f.json", Text));
    }

    [Fact]
    public async Task Row_078_JSON_is_escaped_as_Go_does()
    {
        using var bench = new Workbench();
        var text = await bench.RoundTripAsync("f.json", "{\"a\": \"<&>\\u2028\"}");
        Assert.Equal("{\n\t\"a\": \"\\u003c\\u0026\\u003e\\u2028\"\n}\n", text);
        Assert.Equal("<&>\u2028", JsonNode.Parse(text)!["a"]!.GetValue<string>());
    }

    /// <summary>sops writes -0, which is the integer 0 when it is read: its own MAC fails.</summary>
    [Theory]
    [InlineData("f.yaml", "a: -0.0\nb_unencrypted: -0.0\nc: -0\nd_unencrypted: -0\n", "a: -0.0\nb_unencrypted: -0.0\nc: 0\nd_unencrypted: 0\n")]
    [InlineData("f.json", """{"a":-0.0,"b_unencrypted":-0.0,"c":0.0,"d_unencrypted":0}""", "{\n\t\"a\": -0.0,\n\t\"b_unencrypted\": -0.0,\n\t\"c\": 0,\n\t\"d_unencrypted\": 0\n}\n")]
    public async Task Row_079_A_zero_below_zero_keeps_its_sign_and_the_MAC(string name, string plain, string decrypted)
    {
        using var bench = new Workbench();
        Assert.Equal(decrypted, await bench.RoundTripAsync(name, plain));
    }

    [Fact]
    public async Task Row_078_JSON_slashes_may_be_escaped_and_come_out_bare()
    {
        using var bench = new Workbench();
        Assert.Equal("{\n\t\"a/b\": \"c/d\",\n\t\"e_unencrypted\": \"/\"\n}\n", await bench.RoundTripAsync("f.json", """{"a\/b":"c\/d","e_unencrypted":"\/"}"""));
    }

    [Fact]
    public async Task Row_079_JSON_integers_keep_every_digit()
    {
        using var bench = new Workbench();
        Assert.Equal("int", Workbench.TypesIn(await bench.EncryptAsync("f.json", "{\"a\": 9007199254740993}")));
        Assert.Equal("{\n\t\"a\": 9007199254740993\n}\n", await bench.DecryptAsync("f.json"));
    }

    [Fact]
    public async Task Row_080_A_JSON_list_at_the_top_is_refused()
    {
        using var bench = new Workbench();
        bench.Write("f.json", "[1]");
        var run = await bench.SopsAsync("encrypt", "--age", Workbench.Age1, "f.json");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("top-level object", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    [InlineData(1_000_000)]
    public async Task Row_082_Binary_files_come_back_byte_for_byte(int length)
    {
        using var bench = new Workbench();
        var content = Enumerable.Range(0, length).Select(value => (byte)(value % 256)).ToArray();
        File.WriteAllBytes(Path.Combine(bench.Path, "f.bin"), content);
        Assert.Equal(0, (await bench.SopsAsync("encrypt", "-i", "--age", Workbench.Age1, "f.bin")).ExitCode);
        Assert.Equal(content, (await bench.SopsAsync("decrypt", "f.bin")).Output);
    }

    [Fact]
    public async Task Row_083_Rules_have_no_effect_on_binary_files()
    {
        using var bench = new Workbench();
        bench.Write("f.bin", "secret");
        var run = await bench.SopsAsync("encrypt", "--age", Workbench.Age1, "--encrypted-suffix", "x", "f.bin");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("level=warning", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_084_A_JSON_file_read_as_binary_is_refused_with_a_hint()
    {
        using var bench = new Workbench();
        bench.Write("f.bin", await bench.EncryptAsync("f.json", "{\"a\": 1}"));
        var run = await bench.SopsAsync("decrypt", "f.bin");
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("error emitting binary store: no binary data found in tree", run.Error, StringComparison.Ordinal);
        Assert.Contains("--output-type", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Row_085", "A=b=c\n A = b\n")]
    [InlineData("Row_087", "#comment\nB= #x\n")]
    public async Task Row_085_and_087_Dotenv_is_split_at_the_first_equals_sign(string row, string text)
    {
        using var bench = new Workbench();
        Assert.Equal((row, text), (row, await bench.RoundTripAsync("f.env", text)));
        Assert.Contains("sops_version=", bench.Text("f.env"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_086_A_line_break_is_a_literal_backslash_n_in_dotenv()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: |\n    one\n    two\n");
        Assert.Equal("a=one\\ntwo\\n\n", await bench.DecryptAsync("f.yaml", "--output-type", "dotenv"));
        await bench.EncryptAsync("g.env", "a=one\\ntwo\n");
        Assert.Equal("a: |-\n    one\n    two\n", await bench.DecryptAsync("g.env", "--output-type", "yaml"));
    }

    [Fact]
    public async Task Row_088_A_bad_dotenv_line_is_named_and_not_shown()
    {
        using var bench = new Workbench();
        bench.Write("f.env", "A=1\nhunter2\n");
        var run = await bench.SopsAsync("encrypt", "--age", Workbench.Age1, "f.env");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("line 2", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_090_A_nested_value_does_not_fit_dotenv()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a:\n    b: hunter2\n");
        var run = await bench.SopsAsync("decrypt", "--output-type", "dotenv", "f.yaml");
        Assert.Equal((4, "Error dumping file: cannot use complex value in dotenv file; offending key a\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Row_091_INI_metadata_is_read_in_both_escapings()
    {
        using var bench = new Workbench();
        var text = await bench.EncryptAsync("f.ini", "[s]\na = 1\n");
        Assert.Equal("[s]\na = 1\n", await bench.DecryptAsync("f.ini"));
        bench.Write("f.ini", Regex.Replace(text, "\"\"\"((.|\n)*?)\"\"\"", match => match.Groups[1].Value.Replace("\n", "\\n", StringComparison.Ordinal)));
        Assert.DoesNotContain("\"\"\"", bench.Text("f.ini"), StringComparison.Ordinal);
        Assert.Equal("[s]\na = 1\n", await bench.DecryptAsync("f.ini"));
    }

    [Fact]
    public async Task Row_092_and_093_INI_comments_are_encrypted_and_values_are_strings()
    {
        using var bench = new Workbench();
        var text = await bench.EncryptAsync("f.ini", "; note\n[s]\na = 1\n");
        Assert.StartsWith("; ENC[", text, StringComparison.Ordinal);
        Assert.Contains("a = ENC[AES256_GCM", text, StringComparison.Ordinal);
        Assert.DoesNotContain("type:int", text, StringComparison.Ordinal);
        Assert.Equal("; note\n[s]\na = 1\n", await bench.DecryptAsync("f.ini"));
    }

    [Theory]
    [InlineData("sops_age__list_1__map_enc=x\n")]
    [InlineData("sops_mac__map_x=y\n")]
    public async Task Row_094_Holes_and_double_use_in_flat_metadata_are_refused(string line)
    {
        using var bench = new Workbench();
        var text = await bench.EncryptAsync("f.env", "A=1\n");
        bench.Write("f.env", line.Contains("list_1", StringComparison.Ordinal) ? text.Replace("list_0", "list_2", StringComparison.Ordinal) : text + line);
        Assert.Equal(1, (await bench.SopsAsync("decrypt", "f.env")).ExitCode);
    }

    [Fact]
    public async Task Row_095_and_096_The_format_follows_the_name_unless_an_option_says_otherwise()
    {
        using var bench = new Workbench();
        var text = await bench.EncryptAsync("f.txt", "a: 1\n", "--input-type", "yaml", "--output-type", "json");
        Assert.Equal("a", JsonNode.Parse(text)!.AsObject().First().Key);
        Assert.Equal("a: 1\n", await bench.DecryptAsync("f.txt", "--input-type", "json", "--output-type", "yaml"));
        await bench.EncryptAsync("g.conf", "plain");
        Assert.Equal("plain", Encoding.UTF8.GetString((await bench.SopsAsync("decrypt", "g.conf")).Output));
    }
}
