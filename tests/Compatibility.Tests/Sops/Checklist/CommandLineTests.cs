namespace SecretsOps.Compatibility.Tests.Sops.Checklist;

/// <summary>The command line as a whole: where options may stand, what a wrong one costs, the forms of old, help and completion.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Options_may_follow_the_arguments_of_a_command()
    {
        _bench.Write("f.yaml", "a: one\nb: 2\n");
        var encrypted = await _bench.SopsAsync("encrypt", "f.yaml", "--age", Workbench.Age1, "--encrypted-regex=^a$");
        Assert.Equal((0, ""), (encrypted.ExitCode, encrypted.Error));
        Assert.Contains("\nb: 2\n", encrypted.Text, StringComparison.Ordinal);
        _bench.Write("f.yaml", encrypted.Text);
        Assert.Equal("one", (await _bench.SopsAsync("decrypt", "f.yaml", "--extract", "[\"a\"]")).Text);
        _bench.Write(".sops.yaml", $"creation_rules:\n  - age: {Workbench.Age1},{Workbench.Age2}\n");
        var updated = await _bench.SopsAsync("updatekeys", "f.yaml", "-y");
        Assert.Equal(0, updated.ExitCode);
        Assert.Contains(Workbench.Age2, _bench.Text("f.yaml"), StringComparison.Ordinal);
        _bench.Input = "\"three\""u8.ToArray();
        Assert.Equal(0, (await _bench.SopsAsync("set", "f.yaml", "[\"a\"]", "--value-stdin")).ExitCode);
        Assert.Equal("a: three\nb: 2\n", await _bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Options_after_a_switch_and_an_argument_count_as_arguments_and_are_pointed_out()
    {
        _bench.Write("f.yaml", "a: 1\n");
        _bench.Write(".sops.yaml", $"creation_rules:\n  - age: {Workbench.Age2}\n");

        var run = await _bench.SopsAsync("encrypt", "-i", "f.yaml", "--age", Workbench.Age1);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("More than one positional argument provided. Only the first one will be used!", run.Error, StringComparison.Ordinal);
        Assert.Contains("\\\"--age\\\", which looks like a flag", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Workbench.Age1, _bench.Text("f.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_a_command_options_come_first()
    {
        await _bench.EncryptAsync("f.yaml", "a: one\n");
        var run = await _bench.SopsAsync("-d", "f.yaml", "--extract", "[\"a\"]");
        Assert.Equal((0, "a: one\n"), (run.ExitCode, run.Text));
        Assert.Equal("one", (await _bench.SopsAsync("-d", "--extract", "[\"a\"]", "f.yaml")).Text);
        Assert.Equal("one", (await _bench.SopsAsync("--decrypt", "--extract=[\"a\"]", "--", "f.yaml")).Text);
    }

    [Theory]
    [InlineData(100, "Error: no file specified\n")]
    [InlineData(100, "Error: no file specified\n", "edit")]
    [InlineData(100, "Error: no file specified\n", "rotate")]
    [InlineData(100, "Error: no file specified\n", "-d")]
    [InlineData(100, "Error: no file specified\n", "filestatus")]
    [InlineData(1, "error: missing file to decrypt\n", "exec-env", "f.yaml")]
    [InlineData(1, "error: missing file to decrypt\n", "exec-file", "f.yaml")]
    [InlineData(1, "error: no positional arguments allowed\n", "groups", "add", "--age", "x", "f.yaml")]
    [InlineData(1, "error: exactly one positional argument (index) required\n", "groups", "delete", "-f", "f.yaml")]
    [InlineData(100, "Error: no file specified, or index and value are missing. Need precisely 3 positional arguments.\n", "set", "f.yaml")]
    [InlineData(100, "Error: no file specified, or index is missing\n", "unset", "f.yaml")]
    [InlineData(1, "Error: cannot use both --value-file and --value-stdin\n", "set", "--value-file", "--value-stdin", "f.yaml", "[\"a\"]")]
    [InlineData(7, "Invalid set index format\n", "set", "f.yaml", "a", "1")]
    [InlineData(7, "Invalid unset index format\n", "unset", "f.yaml", "[a]")]
    [InlineData(7, "Invalid --set format\n", "--set", "[\"a\"]1", "f.yaml")]
    [InlineData(7, "Invalid --set format\n", "--set", "a] 1", "f.yaml")]
    [InlineData(7, "Value for --set is not valid JSON\n", "--set", "[\"a\"] x", "f.yaml")]
    [InlineData(8, "Error: cannot operate on both --output and --in-place\n", "-d", "-i", "--output", "x", "f.yaml")]
    [InlineData(8, "Error: cannot operate on both --output and --in-place\n", "rotate", "-i", "--output", "x", "f.yaml")]
    [InlineData(8, "Error: cannot use --in-place when reading from stdin\n", "decrypt", "-i")]
    [InlineData(2, "Error reading file: open @/none.yaml: no such file or directory\n", "set", "none.yaml", "[\"a\"]", "1")]
    [InlineData(2, "Error reading file: open @/none.yaml: no such file or directory\n", "exec-env", "none.yaml", "true")]
    [InlineData(2, "Error reading file: open @/none.yaml: no such file or directory\n", "rotate", "none.yaml")]
    [InlineData(2, "Error reading file: read @: is a directory\n", "decrypt", ".")]
    [InlineData(100, "Error: cannot operate on non-existent file \"@/none.yaml\"\n", "-r", "none.yaml")]
    [InlineData(49, "Error: cannot add or remove keys on non-existent file \"@/none.yaml\", use the `edit` subcommand instead.\n", "rotate", "--add-age", "x", "none.yaml")]
    [InlineData(49, "Error: cannot add or remove keys on non-existent file \"@/none.yaml\", use `--kms` and `--pgp` instead.\n", "-r", "--rm-pgp", "x", "none.yaml")]
    [InlineData(1, "config file not found\n", "updatekeys", "-y", "f.yaml")]
    [InlineData(1, "sops metadata not found\n", "decrypt", "plain.yaml")]
    public async Task A_wrong_word_has_the_code_and_the_words_of_sops(int exitCode, string message, params string[] arguments)
    {
        await _bench.EncryptAsync("f.yaml", "a: 1\n");
        _bench.Write("plain.yaml", "a: 1\n");

        var run = await _bench.SopsAsync(arguments);

        Assert.Equal((exitCode, message.Replace("@", _bench.Path, StringComparison.Ordinal), ""), (run.ExitCode, run.Error, run.Text));
    }

    [Theory]
    [InlineData("decrypt", "--nonsense", "f.yaml")]
    [InlineData("decrypt", "--output")]
    [InlineData("encrypt", "-i=maybe", "f.yaml")]
    [InlineData("--nonsense")]
    public async Task An_option_that_sops_does_not_know_ends_the_run_before_anything_happens(params string[] arguments)
    {
        var before = await _bench.EncryptAsync("f.yaml", "a: 1\n");
        var run = await _bench.SopsAsync(arguments);
        Assert.Equal((1, ""), (run.ExitCode, run.Text));
        Assert.StartsWith("Incorrect Usage", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, _bench.Text("f.yaml"));
    }

    [Fact]
    public async Task Row_151_A_new_group_takes_every_key_named_and_none_from_the_environment()
    {
        _bench.Variables["SOPS_AGE_KEY"] = SopsIdentities.All["SOPS_AGE_KEY"];
        _bench.Variables["SOPS_AGE_RECIPIENTS"] = Workbench.Age1;
        await _bench.EncryptAsync("f.yaml", "a: 1\n");

        Assert.Equal(0, (await _bench.SopsAsync("groups", "add", "-i", "-f", "f.yaml", "--age", Workbench.Age2, "--age", Workbench.Age3)).ExitCode);

        var text = _bench.Text("f.yaml");
        Assert.Equal((1, 1, 1), (Count(text, Workbench.Age1), Count(text, Workbench.Age2), Count(text, Workbench.Age3)));
        static int Count(string text, string part) => text.Split(part).Length - 1;
    }

    [Fact]
    public async Task The_forms_of_old_look_for_a_rule_except_when_they_only_decrypt()
    {
        await _bench.EncryptAsync("f.yaml", "a: one\n");
        _bench.Write(".sops.yaml", $"creation_rules:\n  - path_regex: other\n    age: {Workbench.Age1}\n");
        _bench.Variables["EDITOR"] = "true";
        foreach (string[] arguments in (string[][])[["-r", "-i", "f.yaml"], ["--set", "[\"a\"] 1", "f.yaml"], ["f.yaml"], ["-e", "-d", "f.yaml"]])
        {
            var refused = await _bench.SopsAsync(arguments);
            Assert.Equal(1, refused.ExitCode);
            Assert.EndsWith("error loading config: no matching creation rules found\n", refused.Error, StringComparison.Ordinal);
        }

        Assert.Equal("a: one\n", (await _bench.SopsAsync("-d", "f.yaml")).Text);
        Assert.Equal(0, (await _bench.SopsAsync("rotate", "-i", "f.yaml")).ExitCode);
    }

    [Fact]
    public async Task The_forms_of_old_encrypt_set_and_rotate_in_place()
    {
        _bench.Write("f.yaml", "a: one\n");
        Assert.Equal(0, (await _bench.SopsAsync("-e", "-i", "-a", Workbench.Age1, "f.yaml")).ExitCode);
        Assert.Equal(7, (await _bench.SopsAsync("--set", "[\"b\"][\"c\"] [1, \"two\"]", "f.yaml")).ExitCode);
        Assert.Equal(0, (await _bench.SopsAsync("--set", "[\"b\"] {\"c\": [1, \"two\"]}", "f.yaml")).ExitCode);
        var before = _bench.Text("f.yaml");
        Assert.Equal(0, (await _bench.SopsAsync("--rotate", "--in-place", "f.yaml")).ExitCode);
        Assert.NotEqual(before, _bench.Text("f.yaml"));
        Assert.Equal("{\n\t\"a\": \"one\",\n\t\"b\": {\n\t\t\"c\": [\n\t\t\t1,\n\t\t\t\"two\"\n\t\t]\n\t}\n}\n", (await _bench.SopsAsync("-d", "--output-type", "json", "f.yaml")).Text);
        Assert.Equal(0, (await _bench.SopsAsync("-d", "--output", "out.yaml", "f.yaml")).ExitCode);
        Assert.Equal("a: one\nb:\n    c:\n        - 1\n        - two\n", _bench.Text("out.yaml"));
    }

    [Fact]
    public async Task Row_083_A_selection_for_a_binary_file_is_pointed_out_and_ignored()
    {
        _bench.Write(".sops.yaml", $"creation_rules:\n  - age: {Workbench.Age1}\n    encrypted_regex: ^data$\n");
        _bench.Write("f.bin", "x");
        var run = await _bench.SopsAsync("encrypt", "--unencrypted-suffix", "a", "f.bin");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Using an encrypted regex does not make sense with the input store", run.Error, StringComparison.Ordinal);
        Assert.Contains("Using an unencrypted suffix does not make sense with the input store", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("regex", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_152_Filestatus_tells_broken_metadata_from_none()
    {
        await _bench.EncryptAsync("f.yaml", "a: 1\n");
        _bench.Replace("f.yaml", "version: 3.13.1", "version: \"\"");
        Assert.Equal("{\"encrypted\":false}\n", (await _bench.SopsAsync("filestatus", "f.yaml")).Text);
        _bench.Write("g.yaml", "a: 1\nsops: text\n");
        Assert.Equal(1, (await _bench.SopsAsync("filestatus", "g.yaml")).ExitCode);
        Assert.Equal(1, (await _bench.SopsAsync("filestatus", "none.yaml")).ExitCode);
    }

    [Theory]
    [InlineData("help")]
    [InlineData("h")]
    [InlineData("--help")]
    public async Task Help_names_every_command(string word)
    {
        var run = await _bench.SopsAsync(word);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.All(
            (string[])["completion", "exec-env", "exec-file", "publish", "keyservice", "filestatus", "groups", "updatekeys", "decrypt", "encrypt", "rotate", "edit", "set", "unset"],
            name => Assert.Contains($"   {name} ", run.Text, StringComparison.Ordinal));
        Assert.Contains("--shamir-secret-sharing-threshold", (await _bench.SopsAsync("help", "encrypt")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_knows_commands_options_and_leaves_files_to_the_shell()
    {
        Assert.Contains("complete ", (await _bench.SopsAsync("completion", "bash")).Text, StringComparison.Ordinal);
        Assert.Contains("#compdef sops", (await _bench.SopsAsync("completion", "zsh")).Text, StringComparison.Ordinal);
        Assert.Contains("updatekeys\n", (await _bench.SopsAsync("--generate-bash-completion")).Text, StringComparison.Ordinal);
        Assert.Equal("add\ndelete\n", (await _bench.SopsAsync("groups", "--generate-bash-completion")).Text);
        Assert.Equal("--in-place\n--input-type\n--ignore-mac\n".Split('\n').Order(), (await _bench.SopsAsync("decrypt", "--i", "--generate-bash-completion")).Text.Split('\n').Order());
        Assert.Equal("", (await _bench.SopsAsync("decrypt", "--generate-bash-completion")).Text);
    }

    [Fact]
    public async Task Verbose_tells_what_is_quiet_otherwise()
    {
        await _bench.EncryptAsync("f.yaml", "a: x\n");
        Assert.Equal("", (await _bench.SopsAsync("set", "--idempotent", "f.yaml", "[\"a\"]", "\"x\"")).Error);
        Assert.Contains("File not written due to no change", (await _bench.SopsAsync("--verbose", "set", "--idempotent", "f.yaml", "[\"a\"]", "\"x\"")).Error, StringComparison.Ordinal);
    }
}
