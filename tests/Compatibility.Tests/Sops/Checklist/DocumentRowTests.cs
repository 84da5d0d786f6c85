using System.Text.RegularExpressions;

namespace SecretsOps.Compatibility.Tests.Sops.Checklist;

/// <summary>Rows 23 to 60 of the checklist: MAC, selection, key groups, metadata.</summary>
public sealed class DocumentRowTests
{
    [Fact]
    public async Task Row_023_The_MAC_is_bound_to_the_time()
    {
        using var bench = new Workbench();
        var text = await bench.EncryptAsync("f.yaml", "a: 1\n");
        bench.Write("f.yaml", Regex.Replace(text, "lastmodified: \"....", "lastmodified: \"1999"));
        Assert.Equal(51, (await bench.SopsAsync("decrypt", "f.yaml")).ExitCode);
    }

    [Fact]
    public async Task Row_024_The_MAC_covers_plain_values()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a_unencrypted: open\nb: 1\n");
        bench.Replace("f.yaml", "open", "shut");
        var run = await bench.SopsAsync("decrypt", "f.yaml");
        Assert.Equal(51, run.ExitCode);
        Assert.StartsWith("MAC mismatch. File has ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_025_Mac_only_encrypted_leaves_plain_values_free()
    {
        using var bench = new Workbench();
        Assert.Contains("mac_only_encrypted: true", await bench.EncryptAsync("f.yaml", "a_unencrypted: open\nb: 1\n", "--mac-only-encrypted"), StringComparison.Ordinal);
        bench.Replace("f.yaml", "open", "shut");
        Assert.Equal("a_unencrypted: shut\nb: 1\n", await bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_026_and_027_A_missing_MAC_is_refused_and_can_be_ignored()
    {
        using var bench = new Workbench();
        var text = await bench.EncryptAsync("f.yaml", "a: 1\n");
        bench.Write("f.yaml", Regex.Replace(text, "    mac: .*\n", ""));
        var run = await bench.SopsAsync("decrypt", "f.yaml");
        Assert.Equal(51, run.ExitCode);
        Assert.StartsWith("MAC mismatch. File has no MAC, computed ", run.Error, StringComparison.Ordinal);
        Assert.Equal("a: 1\n", await bench.DecryptAsync("f.yaml", "--ignore-mac"));
    }

    [Fact]
    public async Task Row_028_A_removed_comment_is_not_noticed()
    {
        using var bench = new Workbench();
        var text = await bench.EncryptAsync("f.yaml", "# note\na: 1\n");
        bench.Write("f.yaml", text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
        Assert.Equal("a: 1\n", await bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_029_Comments_in_lists_are_not_hashed()
    {
        using var bench = new Workbench();
        Assert.Equal("l:\n    # one\n    - a\n    # two\n    - b\n", await bench.RoundTripAsync("f.yaml", "l:\n    # one\n    - a\n    # two\n    - b\n"));
    }

    [Fact]
    public async Task Row_030_A_plain_comment_is_kept_with_a_warning()
    {
        using var bench = new Workbench();
        bench.Write("f.yaml", "# plain\n" + await bench.EncryptAsync("f.yaml", "a: 1\n"));
        var run = await bench.SopsAsync("decrypt", "f.yaml");
        Assert.Equal((0, "# plain\na: 1\n"), (run.ExitCode, run.Text));
        Assert.Contains("level=warning", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_031_One_MAC_covers_all_documents()
    {
        using var bench = new Workbench();
        var text = await bench.EncryptAsync("f.yaml", "a: 1\n---\nb_unencrypted: open\n");
        Assert.Equal(2, Regex.Count(text, "^sops:", RegexOptions.Multiline));
        bench.Replace("f.yaml", "open", "shut");
        Assert.Equal(51, (await bench.SopsAsync("decrypt", "f.yaml")).ExitCode);
    }

    [Theory]
    [InlineData("Row_032", "a_unencrypted: x\nb: v\n", "", "", "b")]
    [InlineData("Row_033", "fooTemplates:\n    a: x\nb: v\n", "--encrypted-suffix", "Templates", "a")]
    [InlineData("Row_034", "metadata:\n    a:\n        c: x\nb: v\n", "--unencrypted-regex", "^meta", "b")]
    [InlineData("Row_035", "kind: x\ndata:\n    b: v\n", "--encrypted-regex", "^(data|stringData)$", "b")]
    [InlineData("Row_036", "data:\n    b: v\nDATA: w\n", "--encrypted-regex", "at", "b")]
    public async Task Row_032_to_036_Rules_select_by_any_part_of_the_path(string row, string text, string option, string value, string encrypted)
    {
        using var bench = new Workbench();
        var result = await bench.EncryptAsync("f.yaml", text, option.Length > 0 ? [option, value] : []);
        Assert.Equal((row, encrypted), (row, string.Join(',', Regex.Matches(result.Split("sops:")[0], @"(\w+): ENC").Select(match => match.Groups[1].Value))));
        Assert.Equal(text, await bench.DecryptAsync("f.yaml"));
    }

    [Theory]
    [InlineData("Row_037", "--unencrypted-comment-regex", "PLAIN", "# PLAIN\nm:\n    a: x\n    b: v\nc: w\n", "c")]
    [InlineData("Row_038", "--encrypted-comment-regex", "SEC", "# SEC\n# further\nm:\n    a: x\n    b: v\nc: w\n", "a,b")]
    [InlineData("Row_040", "--encrypted-comment-regex", "SEC", "a: x # SEC\nb: v\n", "a")]
    public async Task Row_037_to_040_Comments_select_what_follows_them(string row, string option, string value, string text, string encrypted)
    {
        using var bench = new Workbench();
        bench.Write("f.yaml", text);
        var run = await bench.SopsAsync("-e", "-i", "--age", Workbench.Age1, option, value, "f.yaml");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal((row, encrypted), (row, string.Join(',', Regex.Matches(bench.Text("f.yaml").Split("sops:")[0], @"(\w+): ENC").Select(match => match.Groups[1].Value))));
        Assert.Equal(text, await bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_038_The_marker_stays_clear_and_a_further_comment_is_encrypted()
    {
        using var bench = new Workbench();
        var text = await bench.EncryptAsync("f.yaml", "# SEC\n# further\na: x\n", "--encrypted-comment-regex", "SEC");
        Assert.StartsWith("# SEC\n#ENC[", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_039_A_comment_rule_works_in_lists_both_ways()
    {
        using var bench = new Workbench();
        const string Text = "l:\n    - a\n    # SEC\n    - b\n    - c\n";
        Assert.Equal(Text, await bench.RoundTripAsync("f.yaml", Text, "--encrypted-comment-regex", "SEC"));
    }

    [Fact]
    public async Task Row_041_Two_rules_are_refused_everywhere()
    {
        using var bench = new Workbench();
        bench.Write("f.yaml", "a: 1\n");
        Assert.Equal(8, (await bench.SopsAsync("encrypt", "--age", Workbench.Age1, "--encrypted-regex", "a", "--encrypted-suffix", "b", "f.yaml")).ExitCode);
        bench.Write(".sops.yaml", $"creation_rules:\n  - age: {Workbench.Age1}\n    encrypted_regex: a\n    encrypted_suffix: b\n");
        Assert.Equal(1, (await bench.SopsAsync("encrypt", "f.yaml")).ExitCode);
        File.Delete(Path.Combine(bench.Path, ".sops.yaml"));
        await bench.EncryptAsync("g.yaml", "a: 1\n");
        bench.Replace("g.yaml", "    unencrypted_suffix: _unencrypted\n", "    unencrypted_suffix: _unencrypted\n    encrypted_regex: x\n");
        Assert.Equal(1, (await bench.SopsAsync("decrypt", "g.yaml")).ExitCode);
    }

    [Fact]
    public async Task Row_042_A_comment_rule_that_matches_ciphertext_is_refused()
    {
        using var bench = new Workbench();
        bench.Write("f.yaml", "# hello\na: 1\n");
        var run = await bench.SopsAsync("encrypt", "--age", Workbench.Age1, "--unencrypted-comment-regex", "ENC", "f.yaml");
        Assert.Equal(23, run.ExitCode);
        Assert.Contains("unencrypted_comment_regex", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_043_and_044_Every_encryption_has_a_new_data_key_and_new_nonces()
    {
        using var bench = new Workbench();
        var first = await bench.EncryptAsync("a.yaml", "a: 1\n");
        var second = await bench.EncryptAsync("b.yaml", "a: 1\n");
        Assert.NotEqual(first.Split('\n')[0], second.Split('\n')[0]);
    }

    [Fact]
    public async Task Row_045_Set_changes_one_value_the_MAC_and_the_time()
    {
        using var bench = new Workbench();
        var before = (await bench.EncryptAsync("f.yaml", "# c\na: 1\nl:\n    - same\n    - same\nb: two\n")).Split('\n');
        Assert.Equal(0, (await bench.SopsAsync("set", "f.yaml", "[\"b\"]", "\"three\"")).ExitCode);
        var after = bench.Text("f.yaml").Split('\n');
        Assert.Equal(before.Length, after.Length);
        var changed = before.Zip(after).Where(pair => pair.First != pair.Second).Select(pair => pair.First.Trim().Split(':')[0]);
        Assert.Subset(new HashSet<string> { "b", "mac", "lastmodified" }, changed.ToHashSet());
    }

    [Fact]
    public async Task Row_046_Rotate_changes_every_value_and_keeps_the_plaintext()
    {
        using var bench = new Workbench();
        var before = await bench.EncryptAsync("f.yaml", "a: 1\nb: two\n");
        Assert.Equal(0, (await bench.SopsAsync("rotate", "-i", "f.yaml")).ExitCode);
        Assert.DoesNotContain(bench.Text("f.yaml").Split('\n')[..2], line => before.Contains(line, StringComparison.Ordinal));
        Assert.Equal("a: 1\nb: two\n", await bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_049_and_053_Groups_are_nested_and_the_threshold_is_written()
    {
        using var bench = new Workbench();
        bench.Write(".sops.yaml", $"creation_rules:\n  - key_groups:\n      - age: [{Workbench.Age1}]\n      - age: [{Workbench.Age2}]\n");
        bench.Write("f.yaml", "a: 1\n");
        var text = (await bench.SopsAsync("encrypt", "f.yaml")).Text;
        Assert.Contains("    shamir_threshold: 2\n", text, StringComparison.Ordinal);
        Assert.Contains("    key_groups:\n        - age:\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n    age:\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_050_Too_few_groups_are_refused_with_both_numbers()
    {
        using var bench = new Workbench();
        bench.Write(".sops.yaml", $"creation_rules:\n  - key_groups:\n      - age: [{Workbench.Age1}]\n      - age: [{Workbench.Age2}]\n");
        bench.Write("f.yaml", "a: 1\n");
        Assert.Equal(0, (await bench.SopsAsync("encrypt", "-i", "f.yaml")).ExitCode);
        var run = await bench.SopsAsync("decrypt", "f.yaml");
        Assert.Equal(128, run.ExitCode);
        Assert.Contains("threshold of\n2, but only 1 part(s)", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", "threshold must be at least 2")]
    [InlineData("3", "parts cannot be less than threshold")]
    public async Task Row_051_A_threshold_that_does_not_fit_is_refused(string threshold, string reason)
    {
        using var bench = new Workbench();
        bench.Write(".sops.yaml", $"creation_rules:\n  - key_groups:\n      - age: [{Workbench.Age1}]\n      - age: [{Workbench.Age2}]\n");
        bench.Write("f.yaml", "a: 1\n");
        var run = await bench.SopsAsync("encrypt", "--shamir-secret-sharing-threshold", threshold, "f.yaml");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Row_052_An_empty_group_is_refused()
    {
        using var bench = new Workbench();
        bench.Write(".sops.yaml", "creation_rules:\n  - path_regex: f\n");
        bench.Write("f.yaml", "a: 1\n");
        var run = await bench.SopsAsync("encrypt", "f.yaml");
        Assert.Contains("empty key group provided", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_054_Flat_keys_win_over_groups()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: 1\n");
        bench.Replace("f.yaml", "    lastmodified", "    key_groups:\n        - age:\n            - recipient: age1none\n              enc: x\n    lastmodified");
        Assert.Equal("a: 1\n", await bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_056_A_type_named_twice_in_the_order_is_refused()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: 1\n");
        Assert.Equal(112, (await bench.SopsAsync("decrypt", "--decryption-order", "age,age", "f.yaml")).ExitCode);
    }

    [Fact]
    public async Task Row_057_Metadata_is_in_alphabetical_order()
    {
        using var bench = new Workbench();
        var text = await bench.EncryptAsync("f.yaml", "a: 1\n", "--mac-only-encrypted");
        var names = Regex.Matches(text.Split("sops:\n")[1], "^    (\\w+):", RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public async Task Row_058_Old_metadata_with_empty_lists_and_foreign_fields_is_read()
    {
        using var bench = new Workbench();
        await bench.EncryptAsync("f.yaml", "a: 1\n");
        bench.Replace("f.yaml", "sops:\n", "sops:\n    kms: []\n    gcp_kms: null\n    attention: This section contains key material\n");
        Assert.Equal("a: 1\n", await bench.DecryptAsync("f.yaml"));
    }

    [Theory]
    [InlineData("Row_059", "    lastmodified: .*\n", "")]
    [InlineData("Row_060", "    age:\n(.|\n)*?    lastmodified", "    lastmodified")]
    public async Task Row_059_and_060_Metadata_without_time_or_keys_is_refused(string row, string pattern, string replacement)
    {
        using var bench = new Workbench();
        var text = await bench.EncryptAsync("f.yaml", "a: 1\n");
        bench.Write("f.yaml", Regex.Replace(text, pattern, replacement));
        var run = await bench.SopsAsync("decrypt", "f.yaml");
        Assert.Equal((row, 1), (row, run.ExitCode));
        Assert.Contains(row == "Row_060" ? "No keys found in file" : "lastmodified", run.Error, StringComparison.Ordinal);
    }
}
