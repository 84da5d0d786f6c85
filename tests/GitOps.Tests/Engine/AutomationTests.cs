using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>When an Application is synced by itself, and when it is not.</summary>
public sealed class AutomationTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private readonly TestRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task A02_enabled_false_syncs_nothing()
    {
        var (name, space) = await StartAsync(automated => automated["enabled"] = false, ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));

        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status") == "OutOfSync", "it is compared");
        await engine.RefreshAsync(name, "hard");

        application = await engine.GetAsync(name);
        Assert.Null(application.Json["operation"]);
        Assert.Null(application.Json["status"]!["operationState"]);
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
    }

    [Fact]
    public async Task A03_without_prune_a_difference_that_only_pruning_would_end_starts_nothing()
    {
        var (name, space) = await StartAsync(automated => automated["prune"] = false, ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/b.yaml", EngineFixture.ConfigMap("b", "1")));
        await engine.UntilSyncedAsync(name);
        _repository.Commit(("app/b.yaml", null));

        await engine.RefreshAsync(name);
        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status") == "OutOfSync", "the extra object is seen");
        await engine.RefreshAsync(name, "hard");

        Assert.Single((await engine.GetAsync(name)).Json["status"]!["history"]!.AsArray());
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "b", default));
    }

    [Fact]
    public async Task A06_A07_a_failed_sync_of_a_commit_is_not_repeated_until_the_spec_changes()
    {
        var (name, space) = await StartAsync(
            automated => automated["selfHeal"] = false,
            ("app/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n"),
            ("app/templates/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"{{ .Values.name }}\"}\n"),
            ("app/values.yaml", "name: Not_A_Name\n"));
        var failed = await engine.UntilAsync(name, value => EngineFixture.Text(value, "conditions").Contains("SyncError", StringComparison.Ordinal), "the failure is told");
        Assert.Contains($"Failed last sync attempt to [{_repository.Head()}]", EngineFixture.Text(failed, "conditions"));

        await engine.RefreshAsync(name, "hard");
        Assert.Equal(EngineFixture.Text(failed, "operationState", "startedAt"), EngineFixture.Text(await engine.GetAsync(name), "operationState", "startedAt"));

        await engine.PatchAsync(name, """{"spec": {"source": {"helm": {"parameters": [{"name": "name", "value": "good"}]}}}}""");
        await engine.UntilSyncedAsync(name);
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "good", default));
    }

    [Fact]
    public async Task A11_an_application_that_is_being_deleted_is_not_synced()
    {
        var (name, space) = await StartAsync(_ => { }, ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/b.yaml", EngineFixture.ConfigMap("b", "1", ("argocd.argoproj.io/sync-options", "Delete=false"))));
        await engine.UntilSyncedAsync(name);
        await engine.PatchAsync(name, """{"metadata": {"finalizers": ["example.org/hold", "resources-finalizer.argocd.argoproj.io"]}}""");

        await engine.Client.DeleteAsync(ApiResource.Applications, engine.ControlNamespace, name, DeleteOptions.Default, default);
        await engine.UntilAsync(name, value => value.Metadata["finalizers"]?.AsArray().Count == 1, "its objects are deleted");
        _repository.Commit(("app/b.yaml", EngineFixture.ConfigMap("b", "2")), ("app/c.yaml", EngineFixture.ConfigMap("c", "1")));
        await engine.PatchAsync(name, """{"metadata": {"annotations": {"argocd.argoproj.io/refresh": "hard"}}}""");
        var (bystander, _) = await StartAsync(_ => { });
        await engine.UntilSyncedAsync(bystander, _repository.Head());

        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "c", default));
        Assert.Equal("1", (string?)(await engine.Client.GetAsync(ApiResource.ConfigMaps, space, "b", default)).Json["data"]!["key"]);
        await engine.PatchAsync(name, """{"metadata": {"finalizers": null}}""");
    }

    private async Task<(string Name, string Namespace)> StartAsync(Action<JsonObject> change, params (string Path, string? Content)[] files)
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(files);
        var name = await engine.CreateAsync(_repository, "app", space, spec =>
        {
            spec["syncPolicy"]!["retry"] = new JsonObject { ["limit"] = 0 };
            change(spec["syncPolicy"]!["automated"]!.AsObject());
        });
        return (name, space);
    }
}
