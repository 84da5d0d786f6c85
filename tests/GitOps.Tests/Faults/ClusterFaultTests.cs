using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Tests.Engine;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Discovery;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.Faults;

namespace SecretsOps.GitOps.Tests.Faults;

/// <summary>The engine reaches its cluster through a proxy that can fail; the tests go round it.</summary>
public sealed class FaultyEngineFixture : EngineFixture
{
    public FaultyProxy Proxy { get; private set; } = null!;

    protected override async Task<ApiClient> ConnectEngineAsync()
    {
        Proxy = await FaultyProxy.StartAsync(Cluster.KubeconfigPath);
        return new ApiClient(Proxy.Connection);
    }

    public override async Task DisposeAsync()
    {
        Proxy.FaultsPerHundred = 0;
        await base.DisposeAsync();
        EngineClient.Dispose();
        await Proxy.DisposeAsync();
    }
}

/// <summary>Acceptance 4: an API server that restarts, drops watches and answers in every wrong way, in the middle of waves and hooks.</summary>
public sealed class ClusterFaultTests(FaultyEngineFixture engine) : IClassFixture<FaultyEngineFixture>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly TestRepository _repository = new();

    public void Dispose()
    {
        (engine.Proxy.FaultsPerHundred, engine.Proxy.Fault) = (0, static (_, _) => null);
        _repository.Dispose();
    }

    [Fact]
    public async Task Through_restarts_dropped_watches_409_429_5xx_and_lost_answers_every_commit_arrives_and_each_hook_runs_once_for_it()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        var bystanders = await Bystanders.PlaceAsync(engine.Cluster, space);
        await using var jobs = new JobLedger(engine.Client, space);
        var commit = Commit(0);
        var name = await engine.CreateAsync(_repository, "app", space);
        await using var witness = new StatusWitness(engine.Client, engine.ControlNamespace, name, space, ["a", "b", "c"]);
        witness.Expect(commit, "0");

        const int Rounds = 4;
        for (var round = 0; round < Rounds; round++)
        {
            engine.Proxy.FaultsPerHundred = 15;
            if (round > 0)
            {
                witness.Expect(commit = Commit(round), $"{round}");
                await engine.PatchAsync(name, """{"metadata": {"annotations": {"argocd.argoproj.io/refresh": "normal"}}}""");
            }

            await Task.Delay(RandomNumberGenerator.GetInt32(800)); // a random moment of the sync
            await engine.Proxy.GoAwayAsync();
            await engine.Cluster.RestartAsync();
            await engine.Proxy.ComeBackAsync();
            await UntilSyncedAsync(name, commit);
            Assert.Equal(new Dictionary<string, int> { ["pre"] = round + 1, ["mid"] = round + 1, ["post"] = round + 1 }, jobs.Runs.ToDictionary());
        }

        engine.Proxy.FaultsPerHundred = 0;
        await engine.RefreshAsync(name, "hard");
        await engine.UntilSyncedAsync(name, commit);
        var maps = (await engine.Client.ListAsync(ApiResource.ConfigMaps, space, ListOptions.All, default)).Items.Where(map => map.Name is not ("kube-root-ca.crt" or "openshift-service-ca.crt" or "bystander"));
        Assert.Equal(["a=3", "b=3", "c=3", "only-3=3"], maps.Select(map => $"{map.Name}={map.Json["data"]!["key"]}").Order());
        Assert.Empty(await bystanders.TouchedAsync());
        Assert.Empty(witness.Lies);
        Assert.True(witness.Truths > 0, "the Application never said that it was synced");
        Assert.Superset(new HashSet<string> { "restart", "dropped watch", "TooManyRequests", "InternalError" }, engine.Proxy.Met.Keys.ToHashSet());
    }

    [Fact]
    public async Task F08_a_kind_whose_conversion_webhook_is_down_hurts_only_itself_and_is_told()
    {
        var group = TestCluster.UniqueName("g") + ".example.org";
        await ThingDefinition.ApplyAsync(engine.Client, group);
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("user/thing.yaml", ThingDefinition.Thing(group, "one", 1)), ("user/a.yaml", EngineFixture.ConfigMap("a", "1")), ("other/b.yaml", EngineFixture.ConfigMap("b", "1")));
        var user = await engine.CreateAsync(_repository, "user", space);
        var other = await engine.CreateAsync(_repository, "other", space);
        await engine.UntilSyncedAsync(user);
        await engine.UntilSyncedAsync(other);
        var things = (await new ApiDiscovery(engine.Client).ResolveAsync(new GroupVersionKind(group, "v1", "Thing"), default))!;
        var before = await engine.Client.GetAsync(things, space, "one", default);

        engine.Proxy.Fault = (_, path) => path.StartsWith($"/apis/{group}/v1/", StringComparison.Ordinal) ? $"conversion webhook for {group}/v1, Kind=Thing failed: Post https://away.example.org/convert: connection refused" : null;
        var commit = _repository.Commit(("user/thing.yaml", ThingDefinition.Thing(group, "one", 2)), ("user/a.yaml", EngineFixture.ConfigMap("a", "2")), ("other/b.yaml", EngineFixture.ConfigMap("b", "2")));
        await engine.RefreshAsync(other);
        await engine.UntilSyncedAsync(other, commit);
        await engine.PatchAsync(user, """{"metadata": {"annotations": {"argocd.argoproj.io/refresh": "normal"}}}""");
        await engine.UntilAsync(
            user,
            value => EngineFixture.Text(value, "sync", "status") is "Unknown" or "OutOfSync" && EngineFixture.Text(value, "sync", "revision") == commit && value.Json["status"]!.ToJsonString().Contains("conversion webhook", StringComparison.Ordinal),
            "the webhook is named and nothing is called synced");
        await Eventually.TrueAsync(async () => (string?)(await engine.Client.GetAsync(ApiResource.ConfigMaps, space, "a", default)).Json["data"]!["key"] == "2", "the Application's other object is synced");
        Assert.Equal((before.Uid, before.ResourceVersion), await VersionAsync(things, space));

        engine.Proxy.Fault = static (_, _) => null;
        await UntilSyncedAsync(user, commit);
        Assert.Equal(2, (int?)(await engine.Client.GetAsync(things, space, "one", default)).Json["spec"]!["x"]);
    }

    [Fact]
    public async Task A_definition_removed_while_a_hook_runs_fails_its_own_object_and_no_other()
    {
        var group = TestCluster.UniqueName("g") + ".example.org";
        await ThingDefinition.ApplyAsync(engine.Client, group);
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(
            ("app/pre.yaml", JobLedger.Manifest("pre", "PreSync")),
            ("app/a.yaml", EngineFixture.ConfigMap("a", "1")),
            ("app/thing.yaml", ThingDefinition.Thing(group, "one", 1)));
        var name = await engine.CreateAsync(_repository, "app", space, spec => spec["syncPolicy"]!["retry"] = new JsonObject { ["limit"] = 0 });
        await engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "message").StartsWith("waiting for completion of hook", StringComparison.Ordinal), "the hook runs");

        await engine.Client.DeleteAsync(ApiResource.CustomResourceDefinitions, "", $"things.{group}", DeleteOptions.Default, default);
        await Eventually.TrueAsync(async () => await new ApiDiscovery(engine.Client).ResolveAsync(new GroupVersionKind(group, "v1", "Thing"), default) is null, "the kind is gone");
        await JobLedger.EndAsync(engine.Client, space, "pre");
        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "phase") is "Failed" or "Error", "the sync fails");

        Assert.Contains($"Thing/{space}/one", EngineFixture.Text(application, "operationState", "message"));
        Assert.NotEqual("Synced", EngineFixture.Text(application, "sync", "status"));
    }

    private async Task<(string Uid, string Version)> VersionAsync(ApiResource things, string space)
    {
        var thing = await engine.Client.GetAsync(things, space, "one", default);
        return (thing.Uid, thing.ResourceVersion);
    }

    private async Task UntilSyncedAsync(string name, string commit)
    {
        try
        {
            await Eventually.TrueAsync(
                async () => await engine.GetAsync(name) is var value && EngineFixture.Text(value, "sync", "status") == "Synced" && EngineFixture.Text(value, "sync", "revision") == commit
                    && EngineFixture.Text(value, "operationState", "phase") == "Succeeded" && EngineFixture.Text(value, "operationState", "syncResult", "revision") == commit,
                $"the Application is Synced to {commit}",
                Patience);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message}\n{(await engine.GetAsync(name)).Json["status"]}\n{engine.Logger}", exception);
        }
    }

    private string Commit(int round) => _repository.Commit(
    [
        ("app/pre.yaml", JobLedger.Manifest("pre", "PreSync", ("round", $"{round}"))),
        ("app/mid.yaml", JobLedger.Manifest("mid", "Sync", ("round", $"{round}"))),
        ("app/post.yaml", JobLedger.Manifest("post", "PostSync", ("round", $"{round}"))),
        ("app/a.yaml", EngineFixture.ConfigMap("a", $"{round}", ("argocd.argoproj.io/sync-wave", "-1"))),
        ("app/b.yaml", EngineFixture.ConfigMap("b", $"{round}", ("argocd.argoproj.io/sync-wave", "1"))),
        ("app/c.yaml", EngineFixture.ConfigMap("c", $"{round}", ("argocd.argoproj.io/sync-wave", "2"))),
        ($"app/only-{round}.yaml", EngineFixture.ConfigMap($"only-{round}", $"{round}")),
        .. round == 0 ? [] : new (string, string?)[] { ($"app/only-{round - 1}.yaml", null) },
    ]);
}

/// <summary>A kind of the tests' own.</summary>
internal static class ThingDefinition
{
    /// <summary>An object of it.</summary>
    public static string Thing(string group, string name, int x) => $"apiVersion: {group}/v1\nkind: Thing\nmetadata: {{name: {name}}}\nspec: {{x: {x}}}\n";

    /// <summary>Defines the kind, after an older definition is gone, and waits until it is served.</summary>
    public static async Task ApplyAsync(ApiClient client, string group)
    {
        var definition = new KubernetesObject((JsonObject)JsonNode.Parse("""
            {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "things.GROUP"},
             "spec": {"group": "GROUP", "names": {"kind": "Thing", "plural": "things", "singular": "thing", "listKind": "ThingList"}, "scope": "Namespaced",
              "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object", "properties": {"x": {"type": "integer"}}}}}}}]}}
            """.Replace("GROUP", group, StringComparison.Ordinal))!);
        await Eventually.TrueAsync(async () => await client.TryGetAsync(ApiResource.CustomResourceDefinitions, "", definition.Name, default) is null, "the old definition is gone");
        await client.ApplyAsync(ApiResource.CustomResourceDefinitions, definition, new ApplyOptions { FieldManager = "test", Force = true }, default);
        await Eventually.TrueAsync(async () => await new ApiDiscovery(client).ResolveAsync(new GroupVersionKind(group, "v1", "Thing"), default) is not null, "the kind is served");
    }
}
