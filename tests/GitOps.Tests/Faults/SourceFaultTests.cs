using System.Text.Json.Nodes;
using SecretsOps.GitOps.Tests.Engine;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Testing;
using SecretsOps.Testing.Faults;
using SecretsOps.Testing.Programs;

namespace SecretsOps.GitOps.Tests.Faults;

/// <summary>An engine whose git and renderers go through scripts that a test can change, and whose data folder may be a disk of one mebibyte.</summary>
public sealed class FragileToolsFixture : EngineFixture
{
    private readonly TemporaryDirectory _programs = new();
    private readonly TemporaryDirectory _plugins = new();
    private SmallDisk? _disk;

    /// <summary>Folder of the scripts that are found before the real programs.</summary>
    public TemporaryDirectory Programs => _programs;

    public TemporaryDirectory Plugins => _plugins;

    /// <summary>The disk that the engine keeps its clones on.</summary>
    public SmallDisk Disk => _disk ??= new SmallDisk();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _disk?.Dispose();
        _programs.Dispose();
        _plugins.Dispose();
    }

    protected override void Configure(EngineSetup setup)
    {
        setup.SearchPath = $"{_programs.Path}:{setup.SearchPath}";
        setup.PluginFolder = _plugins.Path;
        setup.CacheFolder = Disk.Path;
        if (Disk.GitInItsPlace(ExternalPrograms.Git) is { } script)
        {
            _programs.WriteProgram("git", script);
        }
    }
}

/// <summary>Acceptance 4: what goes wrong between Git and the manifests, in the middle of an operation too; the cluster keeps what it has, and status says why.</summary>
public sealed class SourceFaultTests(FragileToolsFixture engine) : IClassFixture<FragileToolsFixture>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90); // an Application that failed on its source is looked at again after ten seconds
    private readonly TestRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task Git_that_goes_away_while_a_hook_runs_holds_the_sync_up_and_runs_no_hook_again()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        var commit = _repository.Commit(
            ("app/pre.yaml", JobLedger.Manifest("pre", "PreSync")),
            ("app/a.yaml", EngineFixture.ConfigMap("a", "1")),
            ("app/post.yaml", JobLedger.Manifest("post", "PostSync")));
        var name = await engine.CreateAsync(_repository, "app", space);
        await engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "message").StartsWith("waiting for completion of hook", StringComparison.Ordinal), "the first hook runs");

        Directory.Move(Path.Combine(_repository.Path, ".git"), Path.Combine(_repository.Path, "away"));
        await engine.RefreshAsync(name);
        var held = await engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "message").StartsWith("waiting for the source", StringComparison.Ordinal), "the wait is told");
        Assert.Equal("Running", EngineFixture.Text(held, "operationState", "phase"));
        Directory.Move(Path.Combine(_repository.Path, "away"), Path.Combine(_repository.Path, ".git"));
        await using var jobs = new JobLedger(engine.Client, space);

        await UntilSyncedAsync(name, commit);
        Assert.Equal(new Dictionary<string, int> { ["pre"] = 1, ["post"] = 1 }, jobs.Runs.ToDictionary());
    }

    [Fact]
    public async Task A_clone_damaged_while_the_engine_runs_is_made_anew_at_once_and_told_in_the_log()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/deep/er/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/b.yaml", EngineFixture.ConfigMap("b", "1")));
        var name = await engine.CreateAsync(_repository, "app", space, spec => spec["source"]!["directory"] = new JsonObject { ["recurse"] = true });
        await UntilSyncedAsync(name, _repository.Head());

        // Folders are remembered: the damage shows when the content of a file is read, deep in the rendering.
        foreach (var blob in new[] { "app/deep/er/a.yaml", "app/b.yaml" })
        {
            var commit = _repository.Commit((blob, EngineFixture.ConfigMap(Path.GetFileNameWithoutExtension(blob), $"changed {blob}")));
            await engine.RefreshAsync(name);
            await UntilSyncedAsync(name, commit);
            Damage();
            await engine.RefreshAsync(name, "hard");
            await UntilSyncedAsync(name, commit);
        }

        Assert.Contains("the local copy is broken and made anew", engine.Logger.ToString());
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
    }

    [Fact]
    public async Task A_remote_that_is_away_does_not_cost_the_clone()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var name = await engine.CreateAsync(_repository, "app", space);
        await UntilSyncedAsync(name, _repository.Head());
        var heads = Directory.GetFiles(engine.Disk.Path, "HEAD", SearchOption.AllDirectories).ToDictionary(file => file, File.GetCreationTimeUtc);

        Directory.Move(Path.Combine(_repository.Path, ".git"), Path.Combine(_repository.Path, "away"));
        await engine.PatchAsync(name, """{"spec": {"source": {"targetRevision": "0123456789012345678901234567890123456789"}}}""");
        await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status") == "Unknown", "the commit cannot be had");
        Directory.Move(Path.Combine(_repository.Path, "away"), Path.Combine(_repository.Path, ".git"));

        Assert.Equal(heads, Directory.GetFiles(engine.Disk.Path, "HEAD", SearchOption.AllDirectories).ToDictionary(file => file, File.GetCreationTimeUtc));
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
    }

    [Theory]
    [InlineData("helm", "app/Chart.yaml", "apiVersion: v2\nname: x\nversion: 1.0.0\n", "app/templates/a.yaml")]
    [InlineData("kustomize", "app/kustomization.yaml", "resources: [a.yaml]\n", "app/a.yaml")]
    public async Task A_renderer_that_is_killed_is_told_prunes_nothing_and_is_run_again(string program, string marker, string content, string manifest)
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit((marker, content), (manifest, EngineFixture.ConfigMap("a", "1")));
        var name = await engine.CreateAsync(_repository, "app", space);
        await UntilSyncedAsync(name, _repository.Head());

        var commit = _repository.Commit((manifest, EngineFixture.ConfigMap("a", "2")));
        Script(program, "kill -9 $$");
        await engine.StopAsync(); // programs are looked up once
        engine.Start();
        var failed = await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status") == "Unknown", "the failure is told");
        Assert.Contains($"{program} was killed (SIGKILL)", failed.Json["status"]!["conditions"]!.ToJsonString());
        Assert.Equal("1", (string?)(await engine.Client.GetAsync(ApiResource.ConfigMaps, space, "a", default)).Json["data"]!["key"]);

        Script(program, program == "kustomize" ? $"shift; exec {ExternalPrograms.Kubectl(ExternalPrograms.NewestKubectl)} kustomize \"$@\"" : $"exec {ExternalPrograms.Helm} \"$@\"");
        await UntilSyncedAsync(name, commit);
        File.Delete(engine.Programs.Combine(program));
        await engine.StopAsync();
        engine.Start();
    }

    [Fact]
    public async Task A_plugin_that_is_killed_under_way_is_told_prunes_nothing_and_is_run_again()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        engine.Plugins.Write("printer/plugin.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: ConfigManagementPlugin\nmetadata: {name: printer}\nspec:\n  generate: {command: [sh, generate.sh]}\n");
        _repository.Commit(("app/generate.sh", "cat a.txt\n"), ("app/a.txt", EngineFixture.ConfigMap("a", "1")));
        var name = await engine.CreateAsync(_repository, "app", space, spec => spec["source"]!["plugin"] = new JsonObject { ["name"] = "printer" });
        await UntilSyncedAsync(name, _repository.Head());

        _repository.Commit(("app/generate.sh", "cat a.txt; kill -9 $$\n"));
        await engine.RefreshAsync(name);
        var failed = await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status") == "Unknown", "the failure is told");
        Assert.Contains("was killed (SIGKILL)", failed.Json["status"]!["conditions"]!.ToJsonString());
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));

        var mended = _repository.Commit(("app/generate.sh", "cat a.txt\n"), ("app/a.txt", EngineFixture.ConfigMap("a", "2")));
        await engine.RefreshAsync(name);
        await UntilSyncedAsync(name, mended);
    }

    [Fact]
    public async Task A_full_disk_is_told_touches_nothing_and_is_over_when_there_is_room_again()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var name = await engine.CreateAsync(_repository, "app", space);
        await UntilSyncedAsync(name, _repository.Head());

        var commit = _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "2")), ("app/b.yaml", EngineFixture.ConfigMap("b", "2")));
        engine.Disk.Fill();
        await engine.RefreshAsync(name);
        var failed = await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status") == "Unknown", "the failure is told");
        Assert.Matches("(?i)no space left|disk quota|file too large", failed.Json["status"]!["conditions"]!.ToJsonString());
        Assert.Equal("1", (string?)(await engine.Client.GetAsync(ApiResource.ConfigMaps, space, "a", default)).Json["data"]!["key"]);

        engine.Disk.MakeRoom();
        await UntilSyncedAsync(name, commit);
    }

    private void Script(string name, string text) => engine.Programs.WriteProgram(name, $"#!/bin/sh\n{text}\n");

    private void Damage()
    {
        foreach (var file in Directory.EnumerateFiles(engine.Disk.Path, "*", SearchOption.AllDirectories).Where(file => file.Contains("/objects/", StringComparison.Ordinal)))
        {
            if (file.EndsWith(".pack", StringComparison.Ordinal) || !Path.GetFileName(file).Contains('.', StringComparison.Ordinal))
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                File.WriteAllText(file, "broken");
            }
        }
    }

    private async Task UntilSyncedAsync(string name, string commit)
    {
        try
        {
            await Eventually.TrueAsync(
                async () => await engine.GetAsync(name) is var value && EngineFixture.Text(value, "sync", "status") == "Synced" && EngineFixture.Text(value, "sync", "revision") == commit
                    && EngineFixture.Text(value, "operationState", "phase") is "" or "Succeeded",
                $"the Application is Synced to {commit}",
                Patience);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message}\n{(await engine.GetAsync(name)).Json["status"]}\n{engine.Logger}", exception);
        }
    }
}
