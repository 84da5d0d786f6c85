using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>What an AppProject forbids, windows and orphans, seen from an Application.</summary>
public sealed class ProjectTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private readonly TestRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task J05_a_kind_that_is_not_permitted_fails_the_sync()
    {
        var (name, _) = await StartAsync(_ => { }, ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/role.yaml", "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: evil}\nrules: []\n"));

        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "phase") == "Failed", "the sync fails");

        Assert.Contains("resource rbac.authorization.k8s.io/ClusterRole is not permitted in project", EngineFixture.Text(application, "operationState", "message"));
    }

    [Fact]
    public async Task J02_an_object_that_names_a_namespace_outside_the_project_fails_the_sync()
    {
        var other = await engine.Cluster.CreateNamespaceAsync("foreign");
        var (name, space) = await StartAsync(_ => { }, ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/b.yaml", EngineFixture.ConfigMap($"b\n  namespace: {other}", "1")));

        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "phase") == "Failed", "the sync fails");

        Assert.Contains($"namespace {other} is not permitted in project", EngineFixture.Text(application, "operationState", "message"));
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, other, "b", default));
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
    }

    [Fact]
    public async Task J01_a_repository_that_is_not_permitted_is_an_InvalidSpecError()
    {
        var (name, _) = await StartAsync(spec => spec["sourceRepos"] = new JsonArray("https://git.example.org/**"), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));

        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "conditions").Length > 0, "it is told");

        Assert.Contains("is not permitted in project", EngineFixture.Text(application, "conditions"));
    }

    [Fact]
    public async Task A12_Y46_a_denying_window_keeps_automated_sync_away_and_blocks_a_manual_one()
    {
        var (name, space) = await StartAsync(
            spec => spec["syncWindows"] = new JsonArray(new JsonObject { ["kind"] = "deny", ["schedule"] = "* * * * *", ["duration"] = "1h", ["applications"] = new JsonArray("*") }),
            ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status") == "OutOfSync", "it was compared");
        Assert.Equal("", EngineFixture.Text(await engine.GetAsync(name), "operationState", "phase"));

        await engine.SyncAsync(name);

        await engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "message") == "Sync operation blocked by sync window", "the sync is blocked");
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
    }

    [Fact]
    public async Task A12_a_window_with_manualSync_lets_a_person_through()
    {
        var (name, _) = await StartAsync(
            spec => spec["syncWindows"] = new JsonArray(new JsonObject { ["kind"] = "deny", ["schedule"] = "* * * * *", ["duration"] = "1h", ["namespaces"] = new JsonArray("*"), ["manualSync"] = true }),
            ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status") == "OutOfSync", "it was compared");

        await engine.SyncAsync(name);

        await engine.UntilSyncedAsync(name);
    }

    [Fact]
    public async Task T09_J13_orphans_are_told_only_where_the_project_warns_and_neither_it_nor_the_cluster_accounts_for_them()
    {
        var (name, space) = await StartAsync(
            spec => spec["orphanedResources"] = new JsonObject { ["warn"] = true, ["ignore"] = new JsonArray(new JsonObject { ["kind"] = "ConfigMap", ["name"] = "ignored*" }) },
            ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await engine.UntilSyncedAsync(name);
        await AddAsync(space, "ignored-1");
        await EnsureAsync(ApiResource.ConfigMaps, space, "kube-root-ca.crt");
        await EnsureAsync(new ApiResource("", "v1", "ServiceAccount", "serviceaccounts", true), space, "default");
        await engine.RefreshAsync(name, "hard");
        Assert.DoesNotContain("Orphaned", EngineFixture.Text(await engine.GetAsync(name), "conditions"));

        await AddAsync(space, "stray");
        await Eventually.TrueAsync(async () =>
        {
            await engine.RefreshAsync(name, "hard");
            return EngineFixture.Text(await engine.GetAsync(name), "conditions").Contains("Application has 1 orphaned resources", StringComparison.Ordinal);
        }, "the orphan is told");
    }

    [Fact]
    public async Task J11_an_Application_writes_only_as_its_service_account()
    {
        var (name, space) = await StartAsync(
            spec => spec["destinationServiceAccounts"] = new JsonArray(new JsonObject { ["server"] = "*", ["namespace"] = "*", ["defaultServiceAccount"] = "deployer" }),
            ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));

        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "phase") == "Failed", "the account may not write yet");

        Assert.Contains($"system:serviceaccount:{space}:deployer", EngineFixture.Text(application, "operationState", "message"));
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
    }

    [Fact]
    public async Task J08_an_application_of_another_namespace_counts_only_where_engine_and_project_both_allow_it()
    {
        var (allowed, refused, unknown) = (await engine.Cluster.CreateNamespaceAsync("team"), await engine.Cluster.CreateNamespaceAsync("team"), await engine.Cluster.CreateNamespaceAsync("other"));
        await engine.StopAsync();
        engine.ApplicationNamespaces = ["team-*"];
        engine.Start();
        var (control, space) = await StartAsync(spec => spec["sourceNamespaces"] = new JsonArray(allowed), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await engine.UntilSyncedAsync(control);
        _repository.Commit(("web/w.yaml", EngineFixture.ConfigMap("w", "1"))); // before anybody looks for it
        var template = (await engine.GetAsync(control)).Json["spec"]!;
        foreach (var place in new[] { allowed, refused, unknown })
        {
            var application = new KubernetesObject(ApiResource.Applications.Gvk, place, "web");
            application.Json["spec"] = template.DeepClone();
            application.Json["spec"]!["source"]!["path"] = "web";
            await engine.Client.CreateAsync(ApiResource.Applications, application, WriteOptions.Default, default);
        }

        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "w", default) is not null, "the allowed one is synced");

        Assert.Equal($"{allowed}_web:/ConfigMap:{space}/w", (await engine.Client.GetAsync(ApiResource.ConfigMaps, space, "w", default)).Annotation("argocd.argoproj.io/tracking-id"));
        var told = await Eventually.NotNullAsync(async () => await engine.Client.GetAsync(ApiResource.Applications, refused, "web", default) is { } value && EngineFixture.Text(value, "conditions").Length > 0 ? value : null, "the refusal is told");
        Assert.Contains("which does not exist", EngineFixture.Text(told, "conditions"));
        Assert.Null((await engine.Client.GetAsync(ApiResource.Applications, unknown, "web", default)).Json["status"]);
    }

    private async Task<(string Name, string Namespace)> StartAsync(Action<JsonObject> change, params (string Path, string? Content)[] files)
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(files);
        var project = new KubernetesObject(ApiResource.AppProjects.Gvk, engine.ControlNamespace, TestCluster.UniqueName("team"));
        var spec = new JsonObject
        {
            ["sourceRepos"] = new JsonArray("*"),
            ["destinations"] = new JsonArray(new JsonObject { ["server"] = "https://kubernetes.default.svc", ["namespace"] = space }),
        };
        change(spec);
        project.Json["spec"] = spec;
        await engine.Client.CreateAsync(ApiResource.AppProjects, project, WriteOptions.Default, default);
        var name = await engine.CreateAsync(_repository, "app", space, application =>
        {
            application["project"] = project.Name;
            application["syncPolicy"]!["retry"] = new JsonObject { ["limit"] = 0 };
        });
        return (name, space);
    }

    // What the controllers of a real cluster put into each namespace.
    private async Task EnsureAsync(ApiResource resource, string space, string name)
    {
        try
        {
            await engine.Client.CreateAsync(resource, new KubernetesObject(resource.Gvk, space, name), WriteOptions.Default, default);
        }
        catch (ApiException exception) when (exception.IsAlreadyExists)
        {
            return;
        }
    }

    private Task<KubernetesObject> AddAsync(string space, string name) =>
        engine.Client.CreateAsync(ApiResource.ConfigMaps, new KubernetesObject(ApiResource.ConfigMaps.Gvk, space, name), WriteOptions.Default, default);
}
