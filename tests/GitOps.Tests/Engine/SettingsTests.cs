using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>Settings of the ConfigMap <c>argocd-cm</c>, made while the engine runs.</summary>
public sealed class SettingsTests(EngineFixture engine) : IClassFixture<EngineFixture>, IAsyncLifetime
{
    private readonly TestRepository _repository = new();

    public async Task InitializeAsync()
    {
        var map = new KubernetesObject(ApiResource.ConfigMaps.Gvk, engine.ControlNamespace, "argocd-cm");
        await engine.Client.CreateAsync(ApiResource.ConfigMaps, map, WriteOptions.Default, default);
    }

    public async Task DisposeAsync()
    {
        await engine.Client.DeleteAsync(ApiResource.ConfigMaps, engine.ControlNamespace, "argocd-cm", DeleteOptions.Default, default);
        _repository.Dispose();
    }

    [Fact]
    public async Task S13_a_tool_that_is_switched_off_leaves_plain_manifests()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/kustomization.yaml", "namePrefix: built-\nresources: [a.yaml]\n"), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var name = await engine.CreateAsync(_repository, "app", space);
        Assert.Equal("Kustomize", EngineFixture.Text(await engine.UntilSyncedAsync(name), "sourceType"));

        await SetAsync(("kustomize.enable", "false"));
        await engine.UntilAsync(name, value => EngineFixture.Text(value, "sourceType") == "Directory", "the folder is taken as it is");
        await engine.UntilSyncedAsync(name);

        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "built-a", default));
    }

    [Fact]
    public async Task K04_build_options_reach_kustomize()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/kustomization.yaml", "resources: [../shared/a.yaml]\n"), ("shared/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var name = await engine.CreateAsync(_repository, "app", space);
        var refused = await engine.UntilAsync(name, value => EngineFixture.Text(value, "conditions").Contains("ComparisonError", StringComparison.Ordinal), "kustomize refuses the file");
        Assert.Contains("shared", EngineFixture.Text(refused, "conditions"));

        await SetAsync(("kustomize.buildOptions", "--load-restrictor LoadRestrictionsNone"));

        await engine.UntilSyncedAsync(name);
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
    }

    [Theory]
    [InlineData("resource.customizations.ignoreDifferences.all", "jsonPointers: [/data/key]\n")]
    [InlineData("resource.customizations.ignoreDifferences.ConfigMap", "jqPathExpressions: [.data.key]\n")]
    [InlineData("resource.customizations", "ConfigMap:\n  ignoreDifferences: |\n    jsonPointers: [/data/key]\n")]
    public async Task C07_differences_are_ignored_in_every_application(string key, string rule)
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "git")));
        var name = await engine.CreateAsync(_repository, "app", space, spec => spec["syncPolicy"]!["automated"]!["selfHeal"] = false);
        await engine.UntilSyncedAsync(name);
        await engine.Client.PatchAsync(ApiResource.ConfigMaps, space, "a", PatchType.Merge, """{"data": {"key": "live"}}"""u8.ToArray(), PatchOptions.Default, default);
        await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status") == "OutOfSync", "the edit is seen");

        await SetAsync((key, rule));

        await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status") == "Synced", "the edit is ignored");
        Assert.Equal("live", (string?)(await engine.Client.GetAsync(ApiResource.ConfigMaps, space, "a", default)).Json["data"]!["key"]);
    }

    [Fact]
    public async Task F06_T10_excluded_kinds_are_told_and_left_out_until_they_are_not()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        await SetAsync(("resource.exclusions", "- {apiGroups: ['*'], kinds: [ServiceAccount], clusters: ['https://kubernetes.default.svc']}\n- {kinds: [Secret], clusters: ['https://other.example.com']}\n"));
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/s.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot}\n"), ("app/t.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"));
        var name = await engine.CreateAsync(_repository, "app", space);
        var accounts = new ApiResource("", "v1", "ServiceAccount", "serviceaccounts", true);
        var told = await engine.UntilAsync(name, value => EngineFixture.Text(value, "conditions").Contains("ExcludedResourceWarning", StringComparison.Ordinal), "it is told");
        await engine.UntilSyncedAsync(name);
        Assert.Contains("ServiceAccount robot is excluded in the settings", EngineFixture.Text(told, "conditions"));
        Assert.Null(await engine.Client.TryGetAsync(accounts, space, "robot", default));
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.Secrets, space, "s", default));

        await SetAsync(("resource.exclusions", null));

        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(accounts, space, "robot", default) is not null, "it counts again");
    }

    [Fact]
    public async Task J07_a_global_project_adds_its_rules_to_those_with_its_label()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/q.yaml", "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {pods: '1'}}\n"));
        var (global, labelled) = (TestCluster.UniqueName("global"), TestCluster.UniqueName("team"));
        await AddProjectAsync(global, [], new JsonObject { ["sourceRepos"] = new JsonArray(_repository.Url), ["namespaceResourceBlacklist"] = new JsonArray(new JsonObject { ["group"] = "", ["kind"] = "ResourceQuota" }) });
        await AddProjectAsync(labelled, new JsonObject { ["tier"] = "one" }, new JsonObject { ["destinations"] = new JsonArray(new JsonObject { ["server"] = "*", ["namespace"] = space }) });
        var name = await engine.CreateAsync(_repository, "app", space, spec => (spec["project"], spec["syncPolicy"]!["retry"]) = (labelled, new JsonObject { ["limit"] = 0 }));
        await engine.UntilAsync(name, value => EngineFixture.Text(value, "conditions").Contains("is not permitted in project", StringComparison.Ordinal), "its own rules permit no repository");

        await SetAsync(("globalProjects", $"- projectName: {global}\n  labelSelector: {{matchExpressions: [{{key: tier, operator: In, values: [one]}}]}}\n"));

        var failed = await engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "phase") == "Failed", "the repository is permitted, and the kind is not");
        Assert.Contains("resource /ResourceQuota is not permitted in project", EngineFixture.Text(failed, "operationState", "message"));
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
    }

    [Fact]
    public async Task A_setting_that_cannot_be_read_is_logged_and_the_others_hold()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));

        await SetAsync(("resource.exclusions", "[unfinished"), ("helm.enable", "false"));
        await Eventually.TrueAsync(() => Task.FromResult(engine.Logger.ToString().Contains("argocd-cm: 'resource.exclusions' is not read", StringComparison.Ordinal)), "it is logged");

        await engine.UntilSyncedAsync(await engine.CreateAsync(_repository, "app", space));
    }

    private Task<KubernetesObject> SetAsync(params (string Key, string? Value)[] settings)
    {
        var data = new JsonObject(settings.Select(setting => KeyValuePair.Create(setting.Key, (JsonNode?)setting.Value)));
        var patch = System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["data"] = data }.ToJsonString());
        return engine.Client.PatchAsync(ApiResource.ConfigMaps, engine.ControlNamespace, "argocd-cm", PatchType.Merge, patch, PatchOptions.Default, default);
    }

    private Task<KubernetesObject> AddProjectAsync(string name, JsonObject labels, JsonObject spec)
    {
        var project = new KubernetesObject(ApiResource.AppProjects.Gvk, engine.ControlNamespace, name);
        (project.Metadata["labels"], project.Json["spec"]) = (labels, spec);
        return engine.Client.CreateAsync(ApiResource.AppProjects, project, WriteOptions.Default, default);
    }
}
