namespace SecretsOps.Compatibility.Tests.Sops;

/// <summary>What <c>secretsops</c> does beyond sops.</summary>
public sealed class SecretsOpsVerbTests
{
    private const string Loose = "# top\n\na:   'one'   # beside\n\nlist: [x,  \"y\"]\nm:\n  k:  &anchor two\n";

    [Fact]
    public async Task Set_and_unset_keep_the_rest_of_the_text_byte_for_byte()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: 1\nb: two\nc: 3\n");
        bench.Replace("f.yaml", "b: ENC", "\n\nb:    ENC");
        var before = bench.Text("f.yaml").Split('\n');

        Assert.Equal(0, (await bench.SecretsOpsAsync("set", "f.yaml", "[\"a\"]", "\"new\"", "--ignore-mac")).ExitCode);

        var after = bench.Text("f.yaml").Split('\n');
        Assert.Equal(before.Length, after.Length);
        Assert.Equal(before[1..4], after[1..4]);
        Assert.NotEqual(before[0], after[0]);
        Assert.Equal("\"new\"", "\"" + (await bench.SopsAsync("decrypt", "--extract", "[\"a\"]", "f.yaml")).Text + "\"");
        Assert.Equal(0, (await bench.SecretsOpsAsync("unset", "f.yaml", "[\"c\"]")).ExitCode);
        Assert.Equal(after[1..4], bench.Text("f.yaml").Split('\n')[1..4]);
    }

    [Fact]
    public async Task Edit_shows_and_keeps_the_text_with_its_quotes_and_blank_lines()
    {
        using var bench = new Workbench();
        bench.Write(".sops.yaml", $"creation_rules:\n  - age: {Workbench.Age1}\n");
        await bench.EncryptAsync("f.yaml", "a: 0\n");
        bench.Write("loose.yaml", Loose);
        bench.Variables["EDITOR"] = $"cp {bench.Path}/loose.yaml";
        Assert.Equal(0, (await bench.SecretsOpsAsync("edit", "f.yaml")).ExitCode);
        Assert.Contains("\n\na:   'ENC[", bench.Text("f.yaml"), StringComparison.Ordinal);

        bench.Write("editor.sh", $"cp \"$1\" {bench.Path}/seen; sed -i s/two/three/ \"$1\"\n");
        bench.Variables["EDITOR"] = $"sh {bench.Path}/editor.sh";
        Assert.Equal(0, (await bench.SecretsOpsAsync("edit", "f.yaml")).ExitCode);

        Assert.Contains("\n\na:   'one'   # beside\n\nlist: [\"x\",  \"y\"]\n", bench.Text("seen"), StringComparison.Ordinal);
        Assert.Contains("m:\n  k:  &anchor two", bench.Text("seen"), StringComparison.Ordinal);
        Assert.Contains("k: three", await bench.DecryptAsync("f.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encrypt_reuse_keeps_unchanged_ciphertext_and_an_unchanged_file()
    {
        using var bench = new Workbench();
        var old = await bench.EncryptAsync("old.yaml", "a: one\nb: two\n");
        bench.Write("f.yaml", "a: one\nb: three\n");
        var run = await bench.SecretsOpsAsync("encrypt", "--reuse", "old.yaml", "f.yaml", "--age", Workbench.Age1);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(old.Split('\n')[0], run.Text.Split('\n')[0]);
        Assert.NotEqual(old.Split('\n')[1], run.Text.Split('\n')[1]);
        bench.Write("f.yaml", "a: one\nb: two\n");
        Assert.Equal(old, (await bench.SecretsOpsAsync("encrypt", "--reuse", "old.yaml", "f.yaml", "--age", Workbench.Age1)).Text);
        bench.Write(".sops.yaml", $"creation_rules:\n  - age: {Workbench.Age2}\n");
        var foreign = await bench.SecretsOpsAsync("encrypt", "--reuse", "old.yaml", "f.yaml");
        Assert.Equal(1, foreign.ExitCode);
        Assert.Contains($"does not name {Workbench.Age1}", foreign.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Updatekeys_takes_whole_trees_and_tells_what_it_would_do()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("x/a.yaml", "a: 1\n");
        await bench.EncryptAsync("x/y/b.json", "{\"a\": 1}");
        bench.Write("x/plain.yaml", "a: 1\n");
        bench.Write(".sops.yaml", $"creation_rules:\n  - age: {Workbench.Age1},{Workbench.Age2}\n");
        var before = bench.Text("x/a.yaml");

        var dry = await bench.SecretsOpsAsync("updatekeys", "-r", "--dry-run", "x");
        Assert.Equal(0, dry.ExitCode);
        Assert.Contains("x/a.yaml: would have 1 key(s) added", dry.Error, StringComparison.Ordinal);
        Assert.Equal(before, bench.Text("x/a.yaml"));

        var run = await bench.SecretsOpsAsync("updatekeys", "-r", "-y", "x");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("3 file(s): 2 done, 1 left alone, 0 failed", run.Error, StringComparison.Ordinal);
        Assert.Contains(Workbench.Age2, bench.Text("x/y/b.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_finds_plain_files_plain_values_and_foreign_recipients_without_a_key()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("good.yaml", "a: 1\n");
        await bench.EncryptAsync("bad.yaml", "a: 1\n");
        bench.Write("bad.yaml", "b: hunter2\n" + bench.Text("bad.yaml"));
        bench.Write("plain.yaml", "a: hunter2\n");
        bench.Write(".sops.yaml", $"creation_rules:\n  - path_regex: \\.yaml$\n    age: {Workbench.Age1}\n");
        bench.Variables.Remove("SOPS_AGE_KEY");

        var run = await bench.SecretsOpsAsync("lint", ".");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("bad.yaml: [\"b\"]: is not encrypted", run.Text, StringComparison.Ordinal);
        Assert.Contains("plain.yaml: is not encrypted, though the rule in line 2", run.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("good.yaml", run.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", run.Text + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_key_of_the_configuration_is_refused_with_its_place()
    {
        using var bench = new Workbench();
        bench.Write(".sops.yaml", $"creation_rules:\n  - age: {Workbench.Age1}\n    encrypted_regexp: ^a$\n");
        bench.Write("f.yaml", "a: 1\n");
        Assert.Equal(0, (await bench.SopsAsync("encrypt", "f.yaml")).ExitCode);
        var run = await bench.SecretsOpsAsync("encrypt", "f.yaml");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(".sops.yaml:3:5: unknown key 'encrypted_regexp' in a creation rule (did you mean 'encrypted_regex'?)", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotate_refuses_a_recipient_that_the_rule_does_not_name()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: 1\n", "--age", $"{Workbench.Age1},{Workbench.Age2}");
        bench.Write(".sops.yaml", $"creation_rules:\n  - age: {Workbench.Age1}\n");
        var run = await bench.SecretsOpsAsync("rotate", "-i", "f.yaml");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(Workbench.Age2, run.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await bench.SecretsOpsAsync("rotate", "-i", "--rm-age", Workbench.Age2, "f.yaml")).ExitCode);
    }

    [Fact]
    public async Task Groups_refuse_a_recipient_that_the_rule_does_not_name()
    {
        using var bench = new Workbench();
        var before = await bench.EncryptAsync("f.yaml", "a: 1\n");
        bench.Write(".sops.yaml", $"creation_rules:\n  - age: {Workbench.Age1}\n");

        var run = await bench.SecretsOpsAsync("groups", "add", "-i", "-f", "f.yaml", "--age", Workbench.Age2);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"does not name {Workbench.Age2}", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, bench.Text("f.yaml"));
        Assert.Equal(0, (await bench.SecretsOpsAsync("groups", "add", "-i", "-f", "f.yaml", "--age", Workbench.Age2, "--allow-foreign-recipients")).ExitCode);
    }

    [Theory]
    [InlineData("f.yaml", "- hunter2\n- a: two\n  b: 3\n")]
    [InlineData("f.json", "[\n\t\"hunter2\",\n\t{\n\t\t\"a\": 2\n\t}\n]\n")]
    public async Task A_list_at_the_top_is_encrypted_and_decrypted(string name, string text)
    {
        using var bench = new Workbench();
        bench.Write(name, text);
        var run = await bench.SecretsOpsAsync("encrypt", "-i", "--age", Workbench.Age1, name);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.DoesNotContain("hunter2", bench.Text(name), StringComparison.Ordinal);
        Assert.Contains("sops_root", bench.Text(name), StringComparison.Ordinal);

        var back = await bench.SecretsOpsAsync("decrypt", name);

        Assert.Equal((0, text), (back.ExitCode, back.Text));
    }

    [Fact]
    public async Task TOML_keeps_its_order_comments_and_types()
    {
        const string Plain = "# top\ntitle = \"shop\"\n\n[db]\n# the usual\nport = 5432\nratio = 0.5\nsince = 2024-01-01T00:00:00Z\nhosts = [\"a\", \"b\"]\n\n[[db.users]]\nname = \"eve\"\nkey = \"\"\"\nline one\nline two\n\"\"\"\n\n[[db.users]]\nname = \"mallory\"\nis_admin = true\n";
        using var bench = new Workbench();
        bench.Write("f.toml", Plain);
        Assert.Equal(0, (await bench.SecretsOpsAsync("encrypt", "-i", "--input-type", "toml", "--output-type", "toml", "--age", Workbench.Age1, "f.toml")).ExitCode);
        var text = bench.Text("f.toml");
        Assert.Contains("\nport = \"ENC[AES256_GCM,", text, StringComparison.Ordinal);
        Assert.Contains("[sops]\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("mallory", text, StringComparison.Ordinal);

        var back = await bench.SecretsOpsAsync("decrypt", "--input-type", "toml", "--output-type", "toml", "f.toml");

        Assert.Equal((0, Plain), (back.ExitCode, back.Text));
        bench.Write("f.toml", text.Replace("[db]", "[dx]", StringComparison.Ordinal).Replace("[[db.", "[[dx.", StringComparison.Ordinal));
        Assert.Equal(25, (await bench.SecretsOpsAsync("decrypt", "--input-type", "toml", "f.toml")).ExitCode);
    }

    [Theory]
    [InlineData("a = 1979-05-27\n", "without an offset")]
    [InlineData("a = 1\na = 2\n", "defined twice")]
    [InlineData("[a]\n[a]\n", "defined twice")]
    [InlineData("a = hunter2\n", "line 1: expected a value")]
    public async Task TOML_that_does_not_fit_is_refused_without_its_values(string plain, string reason)
    {
        using var bench = new Workbench();
        bench.Write("f.toml", plain);
        var run = await bench.SecretsOpsAsync("encrypt", "--input-type", "toml", "--age", Workbench.Age1, "f.toml");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_env_runs_a_command_without_a_shell()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "name: $HOME\n");
        Assert.Equal(0, (await bench.SecretsOpsAsync("exec-env", "f.yaml", "--", "cp", "/proc/self/environ", $"{bench.Path}/out")).ExitCode);
        Assert.Contains("name=$HOME\0", bench.Text("out"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_merge_driver_merges_values_of_both_sides_and_reports_conflicts()
    {
        using var bench = new Workbench();
        var common = await bench.EncryptAsync("f.yaml", "a: 1\nb: 2\nc: 3\n");
        bench.Write("base.yaml", common);
        bench.Write("theirs.yaml", common);
        await bench.SopsAsync("set", "f.yaml", "[\"a\"]", "\"ours\"");
        await bench.SopsAsync("set", "theirs.yaml", "[\"b\"]", "\"theirs\"");
        await bench.SopsAsync("set", "theirs.yaml", "[\"d\"]", "\"new\"");
        Assert.Equal(0, (await bench.SecretsOpsAsync("git", "merge", "base.yaml", "f.yaml", "theirs.yaml", "f.yaml")).ExitCode);
        Assert.Equal("a: ours\nb: theirs\nc: 3\nd: new\n", await bench.DecryptAsync("f.yaml"));

        await bench.SopsAsync("set", "theirs.yaml", "[\"a\"]", "\"other\"");
        var run = await bench.SecretsOpsAsync("git", "merge", "base.yaml", "f.yaml", "theirs.yaml", "f.yaml");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("[\"a\"]", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("other", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_names_paths_and_no_value()
    {
        using var bench = new Workbench();
        bench.Write("g.yaml", await bench.EncryptAsync("f.yaml", "a: hunter1\nb: 2\n"));
        await bench.SopsAsync("set", "g.yaml", "[\"a\"]", "\"hunter2\"");
        var run = await bench.SecretsOpsAsync("diff", "f.yaml", "g.yaml", "--exit-code");
        Assert.Equal((3, "~ [\"a\"]\n"), (run.ExitCode, run.Text));
    }

    [Fact]
    public async Task Many_files_are_encrypted_and_decrypted_in_one_run()
    {
        using var bench = new Workbench();
        for (var index = 0; index < 20; index++)
        {
            bench.Write($"d/{index}.yaml", $"a: {index}\n");
        }

        Assert.Equal(0, (await bench.SecretsOpsAsync("encrypt", "-i", "--age", Workbench.Age1, "d/*.yaml")).ExitCode);
        Assert.Contains("sops:", bench.Text("d/7.yaml"), StringComparison.Ordinal);
        Assert.Equal(0, (await bench.SecretsOpsAsync("decrypt", "-i", "d/*.yaml")).ExitCode);
        Assert.Equal("a: 7\n", bench.Text("d/7.yaml"));
    }
}
