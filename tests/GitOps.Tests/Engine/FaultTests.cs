using System.Security.Cryptography;
using SecretsOps.GitOps.Tests.Faults;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.Faults;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>Line 4: what happens when Git, a kind or the engine itself goes away under way.</summary>
public sealed class FaultTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private readonly TestRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task C18_a_repository_that_is_away_is_told_and_touches_nothing()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var name = await engine.CreateAsync(_repository, "app", space);
        await engine.UntilSyncedAsync(name);

        Directory.Move(Path.Combine(_repository.Path, ".git"), Path.Combine(_repository.Path, "away"));
        await engine.RefreshAsync(name);
        await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status") == "Unknown", "it is told");
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));

        Directory.Move(Path.Combine(_repository.Path, "away"), Path.Combine(_repository.Path, ".git"));
        await engine.RefreshAsync(name);
        await engine.UntilSyncedAsync(name);
    }

    [Fact]
    public async Task A_force_push_is_followed()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "2")));
        var name = await engine.CreateAsync(_repository, "app", space);
        await engine.UntilSyncedAsync(name, _repository.Head());

        _repository.Git("reset", "--quiet", "--hard", "HEAD~1");
        var other = _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "3")));
        _repository.Git("reflog", "expire", "--expire=now", "--all");
        _repository.Git("gc", "--quiet", "--prune=now");
        await engine.RefreshAsync(name);

        await engine.UntilSyncedAsync(name, other);
        Assert.Equal("3", (string?)(await engine.Client.GetAsync(ApiResource.ConfigMaps, space, "a", default)).Json["data"]!["key"]);
    }

    [Fact]
    public async Task A_corrupted_clone_is_made_anew()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var name = await engine.CreateAsync(_repository, "app", space);
        await engine.UntilSyncedAsync(name);

        await engine.StopAsync();
        foreach (var file in Directory.EnumerateFiles(engine.CacheFolder, "*", SearchOption.AllDirectories).Where(file => file.Contains("/objects/", StringComparison.Ordinal)))
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await File.WriteAllTextAsync(file, "broken");
        }

        engine.Start();
        var commit = _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "2")));
        await engine.RefreshAsync(name);

        await engine.UntilSyncedAsync(name, commit);
    }

    [Fact]
    public async Task F08_a_definition_removed_under_way_hurts_only_those_who_use_it()
    {
        var group = TestCluster.UniqueName("g") + ".example.org";
        await ThingDefinition.ApplyAsync(engine.Client, group);
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("things/a.yaml", ThingDefinition.Thing(group, "one", 1)), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var user = await engine.CreateAsync(_repository, "things", space);
        var bystander = await engine.CreateAsync(_repository, "app", space);
        await engine.UntilSyncedAsync(user);
        await engine.UntilSyncedAsync(bystander);

        await engine.Client.DeleteAsync(ApiResource.CustomResourceDefinitions, "", $"things.{group}", DeleteOptions.Default, default);
        var commit = _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "2")));
        await engine.RefreshAsync(bystander);
        await engine.UntilSyncedAsync(bystander, commit);
        await engine.RefreshAsync(user, "hard");
        await engine.UntilAsync(user, value => EngineFixture.Text(value, "sync", "status") != "Synced", "its user tells the truth");

        await ThingDefinition.ApplyAsync(engine.Client, group);
        await Eventually.TrueAsync(async () =>
        {
            await engine.RefreshAsync(user, "hard");
            await engine.PatchAsync(user, """{"operation": {"sync": {"prune": true}}}""");
            return await new SecretsOps.Kubernetes.Discovery.ApiDiscovery(engine.Client).ResolveAsync(new GroupVersionKind(group, "v1", "Thing"), default) is { } resource
                && await engine.Client.TryGetAsync(resource, space, "one", default) is not null;
        }, "the object is back", TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task An_engine_ended_at_random_moments_finishes_the_sync_and_runs_each_hook_once()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        await using var jobs = new JobLedger(engine.Client, space);
        _repository.Commit(
            ("app/pre.yaml", JobLedger.Manifest("pre", "PreSync")), ("app/mid.yaml", JobLedger.Manifest("mid", "Sync")), ("app/post.yaml", JobLedger.Manifest("post", "PostSync")),
            ("app/a.yaml", EngineFixture.ConfigMap("a", "1", ("argocd.argoproj.io/sync-wave", "-1"))),
            ("app/b.yaml", EngineFixture.ConfigMap("b", "1", ("argocd.argoproj.io/sync-wave", "1"))),
            ("app/c.yaml", EngineFixture.ConfigMap("c", "1", ("argocd.argoproj.io/sync-wave", "2"))));
        var name = await engine.CreateAsync(_repository, "app", space);

        for (var i = 0; i < 6; i++)
        {
            await Task.Delay(RandomNumberGenerator.GetInt32(400));
            await engine.StopAsync();
            engine.Start();
        }

        await engine.UntilSyncedAsync(name);
        Assert.Equal(new Dictionary<string, int> { ["pre"] = 1, ["mid"] = 1, ["post"] = 1 }, jobs.Runs.ToDictionary());
        Assert.All(["a", "b", "c"], map => Assert.NotNull(engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, map, default).GetAwaiter().GetResult()));
    }
}
