using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>What a deleted Application takes along, what waits for a person, and what happens where nothing can be reached.</summary>
public sealed class DeletionTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private const string Cascade = """{"metadata": {"finalizers": ["resources-finalizer.argocd.argoproj.io"]}}""";

    private readonly TestRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task L04_an_object_to_confirm_waits_for_an_approval_that_is_newer_than_the_deletion()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/b.yaml", EngineFixture.ConfigMap("b", "1", ("argocd.argoproj.io/sync-options", "Delete=confirm"))));
        var name = await engine.CreateAsync(_repository, "app", space);
        await engine.PatchAsync(name, Cascade);
        await engine.UntilSyncedAsync(name);
        await engine.PatchAsync(name, """{"metadata": {"annotations": {"argocd.argoproj.io/deletion-approved": "2020-01-01T00:00:00Z"}}}""");

        await DeleteAsync(name);
        var waiting = await engine.UntilAsync(name, value => EngineFixture.Text(value, "conditions").Contains("deletion-approved", StringComparison.Ordinal), "it says what it waits for");
        Assert.Contains($"ConfigMap/{space}/b", EngineFixture.Text(waiting, "conditions"));
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "b", default));

        await engine.PatchAsync(name, $$$"""{"metadata": {"annotations": {"argocd.argoproj.io/deletion-approved": "{{{DateTimeOffset.UtcNow.AddMinutes(1):yyyy-MM-ddTHH:mm:ssZ}}}" } } }""");
        await GoneAsync(name);
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "b", default));
    }

    [Theory]
    [InlineData("Delete=false")]
    [InlineData("Delete=confirm")]
    public async Task L03_L04_the_Application_speaks_for_objects_that_say_nothing_themselves(string option)
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/b.yaml", EngineFixture.ConfigMap("b", "1", ("argocd.argoproj.io/sync-options", "Delete=true"))));
        var name = await engine.CreateAsync(_repository, "app", space, spec => spec["syncPolicy"]!["syncOptions"] = new JsonArray(option));
        await engine.PatchAsync(name, Cascade);
        await engine.UntilSyncedAsync(name);

        await DeleteAsync(name);
        if (option == "Delete=confirm")
        {
            await engine.UntilAsync(name, value => EngineFixture.Text(value, "conditions").Contains("deletion-approved", StringComparison.Ordinal), "it waits");
            await engine.PatchAsync(name, """{"metadata": {"finalizers": null}}""");
        }

        await GoneAsync(name);
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
    }

    [Fact]
    public async Task L08_where_the_cluster_is_unknown_every_finalizer_goes_and_the_objects_stay()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var name = await engine.CreateAsync(_repository, "app", space);
        await engine.UntilSyncedAsync(name);
        await engine.PatchAsync(name, """{"metadata": {"finalizers": ["resources-finalizer.argocd.argoproj.io", "post-delete-finalizer.argocd.argoproj.io", "post-delete-finalizer.argocd.argoproj.io/cleanup"]}, "spec": {"destination": {"server": "https://gone.example.com"}}}""");

        await DeleteAsync(name);

        await GoneAsync(name);
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
        var events = (await engine.Client.ListAsync(ApiResource.Events, engine.ControlNamespace, ListOptions.All, default)).Items.Where(item => (string?)item.Json["involvedObject"]!["name"] == name);
        Assert.Contains(events, item => (string?)item.Json["type"] == "Warning" && ((string?)item.Json["message"])!.Contains("https://gone.example.com", StringComparison.Ordinal));
    }

    [Fact]
    public async Task L09_an_application_that_holds_itself_can_be_synced_and_deleted()
    {
        var (name, space) = (TestCluster.UniqueName("self"), await engine.Cluster.CreateNamespaceAsync());
        var own = new KubernetesObject(ApiResource.Applications.Gvk, engine.ControlNamespace, name);
        own.Metadata["finalizers"] = new JsonArray("resources-finalizer.argocd.argoproj.io");
        own.Json["spec"] = new JsonObject
        {
            ["project"] = "default",
            ["source"] = new JsonObject { ["repoURL"] = _repository.Url, ["path"] = "app", ["targetRevision"] = "main" },
            ["destination"] = new JsonObject { ["server"] = "https://kubernetes.default.svc", ["namespace"] = space },
            ["syncPolicy"] = new JsonObject { ["automated"] = new JsonObject { ["prune"] = true } },
        };
        _repository.Commit(("app/self.json", own.Json.ToJsonString()), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await engine.Client.CreateAsync(ApiResource.Applications, own, WriteOptions.Default, default);
        await engine.UntilSyncedAsync(name);

        await DeleteAsync(name);

        await GoneAsync(name);
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
    }

    private Task DeleteAsync(string name) => engine.Client.DeleteAsync(ApiResource.Applications, engine.ControlNamespace, name, DeleteOptions.Default, default);

    private Task GoneAsync(string name) =>
        Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(ApiResource.Applications, engine.ControlNamespace, name, default) is null, "the Application is gone");
}
