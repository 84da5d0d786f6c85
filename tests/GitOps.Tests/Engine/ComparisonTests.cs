using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>What counts as a difference, and what an object's own marks say about it.</summary>
public sealed class ComparisonTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private const string TrackingId = "argocd.argoproj.io/tracking-id";

    private readonly TestRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task C01_a_push_makes_an_application_OutOfSync_and_a_sync_makes_it_Synced()
    {
        var (name, _) = await StartAsync(Manual, ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/b.yaml", EngineFixture.ConfigMap("b", "1")));
        await engine.SyncAsync(name);
        await engine.UntilSyncedAsync(name);

        var commit = _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "2")));
        await engine.RefreshAsync(name);
        var pushed = await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status") == "OutOfSync", "the push is seen");
        Assert.Equal(["a OutOfSync", "b Synced"], Resources(pushed));

        await engine.SyncAsync(name);
        await engine.UntilSyncedAsync(name, commit);
    }

    [Fact]
    public async Task C02_C03_an_object_that_Git_no_longer_has_requires_pruning_unless_it_is_extraneous()
    {
        var (name, _) = await StartAsync(
            Manual, ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/b.yaml", EngineFixture.ConfigMap("b", "1")), ("app/c.yaml", EngineFixture.ConfigMap("c", "1", ("argocd.argoproj.io/compare-options", "IgnoreExtraneous"))));
        await engine.SyncAsync(name);
        await engine.UntilSyncedAsync(name);

        _repository.Commit(("app/c.yaml", null));
        await engine.RefreshAsync(name);
        Assert.Equal("Synced", EngineFixture.Text(await engine.GetAsync(name), "sync", "status"));

        _repository.Commit(("app/b.yaml", null));
        await engine.RefreshAsync(name);
        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status") == "OutOfSync", "the extra object is seen");

        var extra = application.Json["status"]!["resources"]!.AsArray().Single(resource => (string?)resource!["name"] == "b")!;
        Assert.Equal(("OutOfSync", true), ((string?)extra["status"], (bool?)extra["requiresPruning"]));
        Assert.Null(application.Json["status"]!["resources"]!.AsArray().Single(resource => (string?)resource!["name"] == "c")!["requiresPruning"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ServerSideApply=true")]
    public async Task C13_a_field_removed_in_Git_is_a_difference_and_goes_with_the_sync(string option)
    {
        var (name, space) = await StartAsync(
            spec =>
            {
                Manual(spec);
                spec["syncPolicy"]!["syncOptions"] = new JsonArray(option.Length == 0 ? [] : [option]);
            },
            ("app/d.yaml", Deployment("env: [{name: KEPT, value: a}, {name: GOES, value: b}]")));
        await engine.SyncAsync(name);
        await engine.UntilSyncedAsync(name);

        var commit = _repository.Commit(("app/d.yaml", Deployment("env: [{name: KEPT, value: a}]")));
        await engine.RefreshAsync(name);
        await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status") == "OutOfSync", "the removed field is seen");
        await engine.SyncAsync(name);
        await engine.UntilSyncedAsync(name, commit);

        var live = await engine.Client.GetAsync(ApiResource.Deployments, space, "web", default);
        var variables = live.Json["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]!.AsArray();
        Assert.Equal(["KEPT"], variables.Select(variable => (string?)variable!["name"]));
    }

    [Fact]
    public async Task C14_fields_that_a_controller_adds_to_a_custom_resource_are_no_difference()
    {
        var group = TestCluster.UniqueName("g") + ".example.org";
        var (name, space) = await StartAsync(_ => { }, ("app/a-definition.yaml", Definition(group)), ("app/thing.yaml", $"apiVersion: {group}/v1\nkind: Thing\nmetadata: {{name: one}}\nspec: {{x: 1}}\n"));
        await engine.UntilSyncedAsync(name);
        var things = new ApiResource(group, "v1", "Thing", "things", true);

        await engine.Client.PatchAsync(things, space, "one", PatchType.Merge, """{"spec": {"assigned": 7}}"""u8.ToArray(), new PatchOptions { FieldManager = "its-controller" }, default);
        await engine.RefreshAsync(name, "hard");

        Assert.Equal("Synced", EngineFixture.Text(await engine.GetAsync(name), "sync", "status"));
        Assert.Equal(7, (int?)(await engine.Client.GetAsync(things, space, "one", default)).Json["spec"]!["assigned"]);
        await engine.Client.DeleteAsync(ApiResource.CustomResourceDefinitions, "", $"things.{group}", DeleteOptions.Default, default);
    }

    [Fact]
    public async Task C11_Y45_roles_go_before_their_bindings_and_the_rules_of_an_aggregated_role_belong_to_its_controller()
    {
        var role = TestCluster.UniqueName("aggregated");
        var (name, space) = await StartAsync(
            _ => { },
            ("app/a-binding.yaml", "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\nsubjects: [{kind: ServiceAccount, name: default}]\n"),
            ("app/b-role.yaml", "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\nrules: [{apiGroups: [''], resources: [pods], verbs: [get]}]\n"),
            ("app/c-aggregated.yaml", $"apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: {role}}}\naggregationRule: {{clusterRoleSelectors: [{{matchLabels: {{to: {role}}}}}]}}\nrules: []\n"));
        var application = await engine.UntilSyncedAsync(name);
        Assert.Equal(["ClusterRole", "Role", "RoleBinding"], await OrderAsync(space, role));

        var roles = new ApiResource("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", false);
        await engine.Client.PatchAsync(roles, "", role, PatchType.Merge, """{"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}]}"""u8.ToArray(), new PatchOptions { FieldManager = "clusterrole-aggregation-controller" }, default);
        await engine.RefreshAsync(name, "hard");

        Assert.Equal("Synced", EngineFixture.Text(await engine.GetAsync(name), "sync", "status"));
        Assert.Equal(EngineFixture.Text(application, "operationState", "finishedAt"), EngineFixture.Text(await engine.GetAsync(name), "operationState", "finishedAt"));
        await engine.Client.DeleteAsync(roles, "", role, DeleteOptions.Default, default);
    }

    [Fact]
    public async Task T04_an_object_with_a_copied_tracking_id_is_never_pruned()
    {
        var (name, space) = await StartAsync(_ => { }, ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await engine.UntilSyncedAsync(name);
        var copy = new KubernetesObject(ApiResource.ConfigMaps.Gvk, space, "copy");
        copy.SetAnnotation(TrackingId, (await engine.Client.GetAsync(ApiResource.ConfigMaps, space, "a", default)).Annotation(TrackingId));
        await engine.Client.CreateAsync(ApiResource.ConfigMaps, copy, WriteOptions.Default, default);

        var commit = _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "2")));
        await engine.RefreshAsync(name, "hard");
        var application = await engine.UntilSyncedAsync(name, commit);

        Assert.Equal(["a Synced"], Resources(application));
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "copy", default));
    }

    [Fact]
    public async Task T08_L07_a_definition_carries_no_tracking_id_is_told_and_outlives_its_application()
    {
        var group = TestCluster.UniqueName("g") + ".example.org";
        var (name, space) = await StartAsync(_ => { }, ("app/definition.yaml", Definition(group)), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await engine.PatchAsync(name, """{"metadata": {"finalizers": ["resources-finalizer.argocd.argoproj.io"]}}""");
        var application = await engine.UntilSyncedAsync(name);
        var definition = await engine.Client.GetAsync(ApiResource.CustomResourceDefinitions, "", $"things.{group}", default);
        Assert.Null(definition.Annotation(TrackingId));
        Assert.Contains($"things.{group} Synced", Resources(application));

        await engine.Client.DeleteAsync(ApiResource.Applications, engine.ControlNamespace, name, DeleteOptions.Default, default);
        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(ApiResource.Applications, engine.ControlNamespace, name, default) is null, "the Application goes");

        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
        var kept = await engine.Client.GetAsync(ApiResource.CustomResourceDefinitions, "", $"things.{group}", default);
        Assert.False(kept.IsBeingDeleted);
        await engine.Client.DeleteAsync(ApiResource.CustomResourceDefinitions, "", $"things.{group}", DeleteOptions.Default, default);
    }

    private static void Manual(JsonObject spec) => spec["syncPolicy"] = new JsonObject();

    private async Task<(string Name, string Namespace)> StartAsync(Action<JsonObject> change, params (string Path, string? Content)[] files)
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(files);
        return (await engine.CreateAsync(_repository, "app", space, change), space);
    }

    private static IEnumerable<string> Resources(KubernetesObject application) =>
        application.Json["status"]!["resources"]!.AsArray().Select(resource => $"{resource!["name"]} {resource["status"]}");

    private async Task<IEnumerable<string>> OrderAsync(string space, string clusterRole)
    {
        const string Group = "rbac.authorization.k8s.io";
        List<KubernetesObject> made =
        [
            await engine.Client.GetAsync(new ApiResource(Group, "v1", "ClusterRole", "clusterroles", false), "", clusterRole, default),
            await engine.Client.GetAsync(new ApiResource(Group, "v1", "Role", "roles", true), space, "r", default),
            await engine.Client.GetAsync(new ApiResource(Group, "v1", "RoleBinding", "rolebindings", true), space, "b", default),
        ];
        return made.OrderBy(value => ulong.Parse(value.ResourceVersion, System.Globalization.CultureInfo.InvariantCulture)).Select(value => value.Kind);
    }

    private static string Deployment(string container) => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 0
          selector:
            matchLabels: {app: web}
          template:
            metadata:
              labels: {app: web}
            spec:
              containers:
                - name: web
                  image: example.org/web
                  {{container}}
        """;

    private static string Definition(string group) => """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: things.GROUP}
        spec:
          group: GROUP
          names: {kind: Thing, plural: things, singular: thing, listKind: ThingList}
          scope: Namespaced
          versions:
            - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {x: {type: integer}, assigned: {type: integer}}}}}}}
        """.Replace("GROUP", group, StringComparison.Ordinal);
}
