using System.Text.RegularExpressions;

namespace SecretsOps.Compatibility.Tests.Sops.Checklist;

/// <summary>Rows 123 to 165 and 176 to 180 of the checklist: configuration and commands.</summary>
public sealed class CommandRowTests
{
    private const string RuleForAll = "creation_rules:\n  - age: " + Workbench.Age1 + "\n";

    [Fact]
    public async Task Row_123_The_configuration_is_found_upward_or_named()
    {
        using var bench = new Workbench();
        bench.Write("x/other.yaml", RuleForAll);
        bench.Write("f.yaml", "a: 1\n");
        Assert.Equal(1, (await bench.SopsAsync("encrypt", "f.yaml")).ExitCode);
        Assert.Equal(0, (await bench.SopsAsync("--config", "x/other.yaml", "encrypt", "f.yaml")).ExitCode);
        bench.Variables["SOPS_CONFIG"] = "x/other.yaml";
        Assert.Equal(0, (await bench.SopsAsync("encrypt", "f.yaml")).ExitCode);
    }

    [Fact]
    public async Task Row_124_A_configuration_with_the_wrong_name_is_pointed_out()
    {
        using var bench = new Workbench();
        bench.Write(".sops.yml", RuleForAll);
        bench.Write("f.yaml", "a: 1\n");
        var run = await bench.SopsAsync("encrypt", "f.yaml");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(".sops.yml", run.Error, StringComparison.Ordinal);
        Assert.Contains(".sops.yaml", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_125_and_127_Rules_match_the_path_below_the_configuration()
    {
        using var bench = new Workbench();
        bench.Write(".sops.yaml", $"creation_rules:\n  - path_regex: ^secrets/\n    age: {Workbench.Age1}\n");
        bench.Write("secrets/f.yaml", "a: 1\n");
        bench.Write("f.yaml", "a: 1\n");
        Assert.Equal(0, (await bench.SopsAsync("encrypt", "secrets/f.yaml")).ExitCode);
        var run = await bench.SopsAsync("encrypt", "--age", Workbench.Age1, "f.yaml");
        Assert.Equal((1, "error loading config: no matching creation rules found\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Row_126_The_first_matching_rule_wins()
    {
        using var bench = new Workbench();
        bench.Write(".sops.yaml", $"creation_rules:\n  - path_regex: f\n    age: {Workbench.Age1}\n  - age: {Workbench.Age2}\n");
        bench.Write("f.yaml", "a: 1\n");
        var text = (await bench.SopsAsync("encrypt", "f.yaml")).Text;
        Assert.Contains(Workbench.Age1, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Workbench.Age2, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("age: " + Workbench.Age1 + "," + Workbench.Age2)]
    [InlineData("age: \" " + Workbench.Age1 + " , " + Workbench.Age2 + ",\"")]
    [InlineData("age: [" + Workbench.Age1 + ", " + Workbench.Age2 + "]")]
    public async Task Row_128_Keys_come_as_text_with_commas_or_as_a_list(string keys)
    {
        using var bench = new Workbench();
        bench.Write(".sops.yaml", $"creation_rules:\n  - {keys}\n");
        bench.Write("f.yaml", "a: 1\n");
        Assert.Equal(2, Regex.Count((await bench.SopsAsync("encrypt", "f.yaml")).Text, "recipient:"));
    }

    [Fact]
    public async Task Row_129_Merged_keys_come_first_and_repeated_ones_once()
    {
        using var bench = new Workbench();
        bench.Write(".sops.yaml", $"creation_rules:\n  - key_groups:\n      - merge:\n          - age: [{Workbench.Age2}]\n        age: [{Workbench.Age1}, {Workbench.Age2}]\n");
        bench.Write("f.yaml", "a: 1\n");
        var recipients = Regex.Matches((await bench.SopsAsync("encrypt", "f.yaml")).Text, "recipient: (.*)").Select(match => match.Groups[1].Value);
        Assert.Equal([Workbench.Age2, Workbench.Age1], recipients);
    }

    [Fact]
    public async Task Row_130_Options_replace_the_keys_of_a_rule_and_nothing_else()
    {
        using var bench = new Workbench();
        bench.Write(".sops.yaml", $"creation_rules:\n  - encrypted_regex: ^b$\n    key_groups:\n      - age: [{Workbench.Age2}]\n      - age: [{Workbench.Age3}]\n");
        bench.Write("f.yaml", "a: 1\nb: 2\n");
        var text = (await bench.SopsAsync("encrypt", "--age", Workbench.Age1, "f.yaml")).Text;
        Assert.StartsWith("a: 1\nb: ENC", text, StringComparison.Ordinal);
        Assert.Equal(1, Regex.Count(text, "recipient:"));
    }

    [Fact]
    public async Task Row_132_Indents_are_set_per_store()
    {
        using var bench = new Workbench();
        bench.Write(".sops.yaml", RuleForAll + "stores:\n  yaml:\n    indent: 2\n  json:\n    indent: 3\n  json_binary:\n    indent: -1\n");
        Assert.StartsWith("a:\n  b: ENC", await bench.EncryptAsync("f.yaml", "a:\n   b: 1\n"), StringComparison.Ordinal);
        Assert.StartsWith("{\n   \"a\": \"ENC", await bench.EncryptAsync("f.json", "{\"a\": 1}"), StringComparison.Ordinal);
        Assert.StartsWith("{\n\t\"data\": \"ENC", await bench.EncryptAsync("f.bin", "x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_133_A_file_is_not_encrypted_twice()
    {
        using var bench = new Workbench();
        var text = await bench.EncryptAsync("f.yaml", "a: 1\n");
        Assert.Equal(203, (await bench.SopsAsync("encrypt", "-i", "--age", Workbench.Age1, "f.yaml")).ExitCode);
        Assert.Equal(text, bench.Text("f.yaml"));
    }

    [Theory]
    [InlineData("Row_134", 8, "must specify --filename-override when reading from stdin", "encrypt", "--age", Workbench.Age1)]
    [InlineData("Row_135", 8, "cannot operate on both --output and --in-place", "encrypt", "-i", "--output", "x", "f.yaml")]
    [InlineData("Row_135", 8, "cannot operate on both --output and --in-place", "decrypt", "-i", "--output", "x", "f.yaml")]
    [InlineData("Row_136", 100, "cannot operate on non-existent file", "decrypt", "nope.yaml")]
    public async Task Row_134_to_136_Wrong_arguments_have_their_codes(string row, int exitCode, string reason, params string[] arguments)
    {
        using var bench = new Workbench();
        bench.Write("f.yaml", "a: 1\n");
        var run = await bench.SopsAsync(arguments);
        Assert.Equal((row, exitCode), (row, run.ExitCode));
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Row_137", "[\"s\"]", "text")]
    [InlineData("Row_138", "[\"m\"]", "{\n\t\"x\": 1\n}\n")]
    [InlineData("Row_138", "[\"l\"]", "[\n\t1,\n\t2\n]\n")]
    [InlineData("Row_138", "['n']", "5\n")]
    public async Task Row_137_and_138_Extract_prints_one_value(string row, string path, string expected)
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "s: text\nm:\n    x: 1\nl:\n    - 1\n    - 2\nn: 5\n");
        Assert.Equal((row, expected), (row, await bench.DecryptAsync("f.yaml", "--output-type", "json", "--extract", path)));
    }

    [Theory]
    [InlineData("Row_139", "[\"x\"]", 1, "error truncating tree: component ['x'] not found\n")]
    [InlineData("Row_139", "[\"l\"][9]", 1, "error truncating tree: component [9] accesses out of bounds\n")]
    [InlineData("Row_140", "[\"a\"", 91, "error parsing --extract path: component \"a\" doesn't end with ]\n")]
    public async Task Row_139_and_140_Extract_says_what_is_not_there(string row, string path, int exitCode, string message)
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: 1\nl:\n    - 1\n");
        var run = await bench.SopsAsync("decrypt", "--extract", path, "f.yaml");
        Assert.Equal((row, exitCode, message), (row, run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("Row_141", "[\"a\"]", "5", "a: 5\nl:\n    - 1\n")]
    [InlineData("Row_142", "[\"l\"][99]", "\"x\"", "a: 1\nl:\n    - 1\n    - x\n")]
    [InlineData("Row_142", "[\"n\"][\"m\"]", "true", "a: 1\nl:\n    - 1\n\"n\":\n    m: true\n")]
    public async Task Row_141_and_142_Set_makes_what_is_missing(string row, string path, string value, string expected)
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: 1\nl:\n    - 1\n");
        Assert.Equal(0, (await bench.SopsAsync("set", "f.yaml", path, value)).ExitCode);
        Assert.Equal((row, expected), (row, await bench.DecryptAsync("f.yaml")));
    }

    [Fact]
    public async Task Row_143_Set_reads_the_value_from_a_file_or_from_standard_input()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: 1\n");
        bench.Write("value.json", "\"from file\"");
        Assert.Equal(0, (await bench.SopsAsync("set", "--value-file", "f.yaml", "[\"a\"]", "value.json")).ExitCode);
        bench.Input = "\"from input\""u8.ToArray();
        Assert.Equal(0, (await bench.SopsAsync("set", "--value-stdin", "f.yaml", "[\"b\"]")).ExitCode);
        Assert.Equal("a: from file\nb: from input\n", await bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_144_Idempotent_set_leaves_an_equal_file_alone()
    {
        using var bench = new Workbench();
        var text = await bench.EncryptAsync("f.yaml", "a: x\n");
        Assert.Equal(0, (await bench.SopsAsync("set", "--idempotent", "f.yaml", "[\"a\"]", "\"x\"")).ExitCode);
        Assert.Equal(text, bench.Text("f.yaml"));
    }

    [Theory]
    [InlineData(7, "f.yaml", "[\"a\"]", "{")]
    [InlineData(7, "f.yaml", "a", "1")]
    [InlineData(100, "f.yaml", "[\"a\"]")]
    public async Task Row_145_Set_refuses_what_does_not_parse(int exitCode, params string[] arguments)
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: x\n");
        Assert.Equal(exitCode, (await bench.SopsAsync(["set", .. arguments])).ExitCode);
    }

    [Fact]
    public async Task Row_146_Unset_removes_and_says_what_is_missing()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: 1\nl:\n    - 1\n    - 2\n");
        Assert.Equal(0, (await bench.SopsAsync("unset", "f.yaml", "[\"l\"][0]")).ExitCode);
        Assert.Equal("Key not found: x\n", (await bench.SopsAsync("unset", "f.yaml", "[\"x\"]")).Error);
        Assert.Equal("Index 7 out of bounds\n", (await bench.SopsAsync("unset", "f.yaml", "[\"l\"][7]")).Error);
        var text = bench.Text("f.yaml");
        Assert.Equal(0, (await bench.SopsAsync("unset", "--idempotent", "f.yaml", "[\"x\"]")).ExitCode);
        Assert.Equal(text, bench.Text("f.yaml"));
        Assert.Equal("a: 1\nl:\n    - 2\n", await bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_147_and_148_Rotate_adds_and_removes_keys_but_not_the_last()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: 1\n");
        Assert.Equal(0, (await bench.SopsAsync("rotate", "-i", "--add-age", Workbench.Age2, "f.yaml")).ExitCode);
        Assert.Contains(Workbench.Age2, bench.Text("f.yaml"), StringComparison.Ordinal);
        Assert.Equal(0, (await bench.SopsAsync("rotate", "-i", "--rm-age", Workbench.Age2, "f.yaml")).ExitCode);
        var text = bench.Text("f.yaml");
        var run = await bench.SopsAsync("rotate", "-i", "--rm-age", Workbench.Age1, "f.yaml");
        Assert.Equal((1, "Could not generate data key: [empty key group provided]\n"), (run.ExitCode, run.Error));
        Assert.Equal(text, bench.Text("f.yaml"));
    }

    [Fact]
    public async Task Row_149_and_150_Updatekeys_changes_the_keys_and_nothing_else()
    {
        using var bench = new Workbench();
        var before = await bench.EncryptAsync("f.yaml", "a: 1\n");
        bench.Write(".sops.yaml", $"creation_rules:\n  - age: {Workbench.Age1},{Workbench.Age2}\n");
        bench.Write("broken.yaml", "a: 1\n");
        var run = await bench.SopsAsync("updatekeys", "-y", "broken.yaml", "f.yaml");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"+++ {Workbench.Age2}", run.Text, StringComparison.Ordinal);
        Assert.Equal(Kept(before), Kept(bench.Text("f.yaml")));
        Assert.Contains("already up to date", (await bench.SopsAsync("updatekeys", "-y", "f.yaml")).Error, StringComparison.Ordinal);
        static string Kept(string text) => string.Join('\n', text.Split('\n').Where(line => line.Contains("ENC[", StringComparison.Ordinal) || line.Contains("lastmodified", StringComparison.Ordinal) || line.Contains("version", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Row_151_Groups_are_added_and_deleted()
    {
        using var bench = new Workbench();
        bench.Variables["SOPS_AGE_KEY"] = SopsIdentities.All["SOPS_AGE_KEY"];
        await bench.EncryptAsync("f.yaml", "a: 1\n");
        Assert.Equal(0, (await bench.SopsAsync("groups", "add", "-i", "-f", "f.yaml", "--age", Workbench.Age2)).ExitCode);
        Assert.Contains("shamir_threshold: 2", bench.Text("f.yaml"), StringComparison.Ordinal);
        Assert.Equal("a: 1\n", await bench.DecryptAsync("f.yaml"));
        var run = await bench.SopsAsync("groups", "delete", "-i", "-f", "f.yaml", "0");
        Assert.Contains("impossible to satisfy", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_152_Filestatus_prints_one_line_of_JSON()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: 1\n");
        bench.Write("g.yaml", "a: 1\n");
        Assert.Equal("{\"encrypted\":true}\n", (await bench.SopsAsync("filestatus", "f.yaml")).Text);
        Assert.Equal("{\"encrypted\":false}\n", (await bench.SopsAsync("filestatus", "g.yaml")).Text);
    }

    [Fact]
    public async Task Row_153_Exec_env_gives_the_values_and_returns_the_code()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "name: shop\nflag: true\nport: 80\n");
        Assert.Equal(7, (await bench.SopsAsync("exec-env", "f.yaml", $"printf '%s %s %s' $name $flag $port > {bench.Path}/out; exit 7")).ExitCode);
        Assert.Equal("shop true 80", bench.Text("out"));
    }

    [Fact]
    public async Task Row_154_Exec_env_refuses_nested_values_before_it_starts()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a:\n    b: 1\n");
        var run = await bench.SopsAsync("exec-env", "f.yaml", $"touch {bench.Path}/started");
        Assert.Equal((1, "cannot use complex value in environment; offending key a\n"), (run.ExitCode, run.Error));
        Assert.False(File.Exists(Path.Combine(bench.Path, "started")));
    }

    [Theory]
    [InlineData("fifo")]
    [InlineData("regular file", "--no-fifo")]
    public async Task Row_155_Exec_file_passes_a_path_that_is_gone_afterwards(string kind, params string[] options)
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: 1\n");
        var run = await bench.SopsAsync(["exec-file", .. options, "--filename", "name.yaml", "f.yaml", $"stat -c %F {{}} > {bench.Path}/kind; cat {{}} > {bench.Path}/out; echo {{}} > {bench.Path}/path"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal((kind + "\n", "a: 1\n"), (bench.Text("kind"), bench.Text("out")));
        Assert.EndsWith("/name.yaml\n", bench.Text("path"), StringComparison.Ordinal);
        Assert.False(File.Exists(bench.Text("path").Trim()));
    }

    [Fact]
    public async Task Row_156_and_157_Edit_changes_only_what_was_edited()
    {
        using var bench = new Workbench();
        var before = await bench.EncryptAsync("f.yaml", "a: one\nb: two\n");
        bench.Variables["EDITOR"] = "true";
        Assert.Equal(200, (await bench.SopsAsync("edit", "f.yaml")).ExitCode);
        Assert.Equal(before, bench.Text("f.yaml"));
        bench.Variables["EDITOR"] = "sed -i s/two/three/";
        Assert.Equal(0, (await bench.SopsAsync("f.yaml")).ExitCode);
        Assert.Equal(before.Split('\n')[0], bench.Text("f.yaml").Split('\n')[0]);
        Assert.Equal("a: one\nb: three\n", await bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_158_Edit_opens_again_until_the_text_can_be_read()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: one\n");
        bench.Write("editor.sh", "if grep -q broken \"$1\"; then echo 'a: fixed' > \"$1\"; else echo 'a: [broken' > \"$1\"; fi\n");
        bench.Variables["EDITOR"] = $"sh {bench.Path}/editor.sh";
        bench.Input = "\n"u8.ToArray();
        Assert.Equal(0, (await bench.SopsAsync("edit", "f.yaml")).ExitCode);
        Assert.Equal("a: fixed\n", await bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_159_and_160_A_new_file_starts_from_an_example_in_a_private_place()
    {
        using var bench = new Workbench();
        bench.Write(".sops.yaml", RuleForAll);
        bench.Write("editor.sh", $"stat -c '%a %n' \"$1\" > {bench.Path}/seen; sed -i s/example_value/other/ \"$1\"\n");
        bench.Variables["EDITOR"] = $"sh {bench.Path}/editor.sh";
        Assert.Equal(0, (await bench.SopsAsync("edit", "new.yaml")).ExitCode);
        Assert.Contains("example_key: other\n", await bench.DecryptAsync("new.yaml"), StringComparison.Ordinal);
        Assert.StartsWith("600 /dev/shm/", bench.Text("seen"), StringComparison.Ordinal);
        Assert.False(File.Exists(bench.Text("seen").Trim()[4..]));
    }

    [Fact]
    public async Task Row_161_Edits_of_shown_metadata_are_kept()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: one\n");
        bench.Variables["EDITOR"] = "sed -i -e s/one/two/ -e s/_unencrypted/_plain/";
        Assert.Equal(0, (await bench.SopsAsync("edit", "-s", "f.yaml")).ExitCode);
        Assert.Equal("a: two\n", await bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_163_and_164_A_failure_names_groups_and_keys_and_no_value()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: hunter2\n");
        bench.Variables.Remove("SOPS_AGE_KEY");
        var run = await bench.SopsAsync("decrypt", "f.yaml");
        Assert.Equal(128, run.ExitCode);
        Assert.Contains($"Group 0: FAILED\n  {Workbench.Age1}: FAILED\n    - | ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_176_The_version_is_raised_by_edit_only()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: one\n");
        bench.Replace("f.yaml", "version: 3.13.1", "version: 3.7.0");
        Assert.Equal(0, (await bench.SopsAsync("set", "f.yaml", "[\"b\"]", "1")).ExitCode);
        Assert.Equal(0, (await bench.SopsAsync("rotate", "-i", "f.yaml")).ExitCode);
        Assert.Contains("version: 3.7.0", bench.Text("f.yaml"), StringComparison.Ordinal);
        bench.Variables["EDITOR"] = "sed -i s/one/two/";
        Assert.Equal(0, (await bench.SopsAsync("edit", "f.yaml")).ExitCode);
        Assert.Contains("version: 3.13.1", bench.Text("f.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_179_An_expression_that_explodes_elsewhere_finishes_here()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", $"{new string('a', 50)}b: 1\n", "--encrypted-regex", "^(a+)+$");
        Assert.Contains("b: 1\n", await bench.DecryptAsync("f.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_180_Unknown_metadata_survives_a_rewrite()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: one\n");
        bench.Replace("f.yaml", "    version:", "    zz_other:\n        note: kept\n    version:");
        Assert.Equal(0, (await bench.SopsAsync("set", "f.yaml", "[\"b\"]", "1")).ExitCode);
        Assert.Contains("    zz_other:\n        note: kept\n", bench.Text("f.yaml"), StringComparison.Ordinal);
    }
}
