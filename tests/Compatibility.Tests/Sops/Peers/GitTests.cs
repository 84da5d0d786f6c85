using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Compatibility.Tests.Sops.Peers;

/// <summary>Real git calls our merge driver, text conversion and filters through <c>plugins/git</c>.</summary>
public sealed class GitTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Merge_takes_values_of_both_sides_and_leaves_a_file_whose_MAC_is_right()
    {
        await StartAsync("*.yaml merge=secretsops\n");
        await _bench.EncryptAsync("f.yaml", "a: 1\nb: 2\n");
        await CommitAsync("common");
        await GitAsync("checkout", "-q", "-b", "theirs");
        await SetAsync("b", "theirs");
        await CommitAsync("theirs");
        await GitAsync("checkout", "-q", "-");
        await SetAsync("a", "ours");
        await CommitAsync("ours");

        (await GitAsync("merge", "-q", "-m", "merged", "theirs")).ShouldSucceed();

        Assert.Equal("a: ours\nb: theirs\n", await _bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Merge_reports_a_value_that_both_sides_changed_and_shows_no_value()
    {
        await StartAsync("*.yaml merge=secretsops\n");
        await _bench.EncryptAsync("f.yaml", "a: 1\nb: 2\n");
        await CommitAsync("common");
        await GitAsync("checkout", "-q", "-b", "theirs");
        await SetAsync("a", "hunter1");
        await CommitAsync("theirs");
        await GitAsync("checkout", "-q", "-");
        await SetAsync("a", "hunter2");
        await CommitAsync("ours");

        var merge = await GitAsync("merge", "theirs");

        Assert.NotEqual(0, merge.ExitCode);
        Assert.Contains("f.yaml: [\"a\"] was changed on both sides", merge.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", merge.StandardOutput + merge.StandardError, StringComparison.Ordinal);
        Assert.Equal("UU f.yaml\n", (await GitAsync("status", "--short", "--untracked-files=no")).StandardOutput);
        Assert.Equal("a: hunter2\nb: 2\n", await _bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Diff_shows_plaintext_lines_by_textconv()
    {
        await StartAsync("*.yaml diff=secretsops\n");
        await _bench.EncryptAsync("f.yaml", "a: one\nb: two\n");
        await CommitAsync("first");
        await SetAsync("a", "other");

        var diff = (await GitAsync("diff")).ShouldSucceed().StandardOutput;

        Assert.Contains("\n-a: one\n+a: other\n b: two\n", diff, StringComparison.Ordinal);
        Assert.DoesNotContain("ENC[", diff, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_keep_plaintext_in_the_work_tree_and_ciphertext_in_the_repository()
    {
        await StartAsync("*.yaml filter=secretsops\n.sops.yaml -filter\n");
        _bench.Write(".sops.yaml", $"creation_rules:\n  - age: {Workbench.Age1}\n");
        _bench.Write("f.yaml", "a: one\nb: two\n");
        await CommitAsync("first");
        var first = (await GitAsync("cat-file", "blob", "HEAD:f.yaml")).ShouldSucceed().StandardOutput;
        Assert.Contains("a: ENC[", first, StringComparison.Ordinal);
        Assert.Equal("a: one\nb: two\n", _bench.Text("f.yaml"));

        _bench.Write("f.yaml", "a: one\nb: three\n");
        await CommitAsync("second");
        var second = (await GitAsync("cat-file", "blob", "HEAD:f.yaml")).ShouldSucceed().StandardOutput;
        Assert.Equal(first.Split('\n')[0], second.Split('\n')[0]);
        Assert.NotEqual(first.Split('\n')[1], second.Split('\n')[1]);

        File.Delete(Path.Combine(_bench.Path, "f.yaml"));
        (await GitAsync("checkout", "--", "f.yaml")).ShouldSucceed();
        Assert.Equal("a: one\nb: three\n", _bench.Text("f.yaml"));
        Assert.Equal("", (await GitAsync("status", "--short")).StandardOutput);
    }

    private async Task StartAsync(string attributes)
    {
        (await GitAsync("init", "-q")).ShouldSucceed();
        await GitAsync("config", "user.name", "Tester");
        await GitAsync("config", "user.email", "tester@example.org");
        (await GitAsync("config", "--add", "include.path", RepositoryRoot.Combine("plugins", "git", "gitconfig"))).ShouldSucceed();
        _bench.Write(".gitattributes", attributes);
    }

    private async Task SetAsync(string key, string value) =>
        Assert.Equal(0, (await _bench.SopsAsync("set", "f.yaml", $"[\"{key}\"]", $"\"{value}\"")).ExitCode);

    private async Task CommitAsync(string message)
    {
        (await GitAsync("add", ".")).ShouldSucceed();
        (await GitAsync("commit", "-q", "-m", message)).ShouldSucceed();
    }

    private Task<ProgramResult> GitAsync(params string[] arguments) =>
        ExternalProgram.RunAsync(ExternalPrograms.Git, arguments, new RunOptions { Directory = _bench.Path, Environment = SecretsOpsProcess.Variables(_bench) });
}
