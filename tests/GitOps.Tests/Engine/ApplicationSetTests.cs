using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Engine;

public sealed class ApplicationSetTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private const string Guestbook = """
        generators:
        - list:
            elements:
            - {cluster: engineering-dev, url: "https://kubernetes.default.svc", namespace: NS1}
            - {cluster: engineering-prod, url: "https://kubernetes.default.svc", namespace: NS2}
            - {cluster: finance-preprod, url: "https://kubernetes.default.svc", namespace: NS3}
        template:
          metadata:
            name: 'SET-{{cluster}}'
          spec:
            project: default
            source: {repoURL: REPO, targetRevision: main, path: app}
            destination: {server: '{{url}}', namespace: '{{namespace}}'}
            syncPolicy: {automated: {}}
        """;

    private readonly TestRepository _repository = new();

    [Fact]
    public async Task E01_a_list_over_three_clusters_makes_three_applications_that_sync()
    {
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        List<string> namespaces = [await engine.Cluster.CreateNamespaceAsync(), await engine.Cluster.CreateNamespaceAsync(), await engine.Cluster.CreateNamespaceAsync()];

        var set = await CreateAsync(Guestbook.Replace("NS1", namespaces[0]).Replace("NS2", namespaces[1]).Replace("NS3", namespaces[2]));

        foreach (var (cluster, target) in new[] { "engineering-dev", "engineering-prod", "finance-preprod" }.Zip(namespaces))
        {
            await engine.UntilSyncedAsync(await AppearsAsync($"{set}-{cluster}"));
            Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, target, "a", default));
        }

        var status = await UntilAsync(set, value => Condition(value, "ResourcesUpToDate") == "True" && Resources(value).Count == 3 && Resources(value).All(resource => (string?)resource!["status"] == "Synced"));
        Assert.Equal("False", Condition(status, "ErrorOccurred"));
        Assert.Equal("True", Condition(status, "ParametersGenerated"));
        Assert.Equal("Healthy", EngineFixture.Text(status, "health", "status"));
    }

    [Fact]
    public async Task E22_generated_applications_have_an_owner_and_the_finalizer_and_the_namespace_of_the_set()
    {
        var set = await CreateAsync(List("a", "b"));
        var stored = await GetSetAsync(set);

        var application = await engine.GetAsync(await AppearsAsync($"{set}-a"));

        var owner = Assert.Single(application.Metadata["ownerReferences"]!.AsArray())!;
        Assert.Equal((stored.Uid, "ApplicationSet", true), ((string?)owner["uid"], (string?)owner["kind"], (bool?)owner["controller"]));
        Assert.Equal("resources-finalizer.argocd.argoproj.io", (string?)Assert.Single(application.Metadata["finalizers"]!.AsArray()));
        Assert.Equal(engine.ControlNamespace, application.Namespace);
    }

    [Fact]
    public async Task An_edited_application_is_put_back_and_an_equal_one_is_not_written()
    {
        var set = await CreateAsync(List("a", "b"));
        var (edited, equal) = (await AppearsAsync($"{set}-a"), await AppearsAsync($"{set}-b"));
        await UntilAsync(set, value => Resources(value).Count == 2);
        await engine.PatchAsync(edited, """{"spec": {"source": {"targetRevision": "other"}}, "metadata": {"labels": {"mine": "x"}}}""");

        await UntilApplicationAsync(edited, value => (string?)value.Json["spec"]!["source"]!["targetRevision"] == "main");

        Assert.Null((await engine.GetAsync(edited)).Label("mine"));
        await Eventually.PassesAsync(async () => Assert.Single(await EventsAsync(set, "updated"), message => message.Contains(edited, StringComparison.Ordinal)));
        Assert.DoesNotContain(await EventsAsync(set, "updated"), message => message.Contains(equal, StringComparison.Ordinal));
    }

    [Fact]
    public async Task E15_sync_deletes_what_is_no_longer_generated()
    {
        var set = await CreateAsync(List("a", "b"));
        await AppearsAsync($"{set}-a");
        await AppearsAsync($"{set}-b");

        await PatchSetAsync(set, new JsonObject { ["generators"] = Elements("a") });

        await GoesAsync($"{set}-b");
        Assert.NotNull(await TryGetAsync($"{set}-a"));
    }

    [Theory]
    [InlineData("create-only", false, false)]
    [InlineData("create-update", true, false)]
    [InlineData("create-delete", false, true)]
    public async Task E15_a_policy_says_what_may_happen_to_applications(string policy, bool updates, bool deletes)
    {
        var set = await CreateAsync(List("a", "b") + $"\nsyncPolicy: {{applicationsSync: {policy}}}");
        await AppearsAsync($"{set}-a");
        await AppearsAsync($"{set}-b");
        await engine.PatchAsync($"{set}-a", """{"spec": {"source": {"targetRevision": "other"}}}""");

        await PatchSetAsync(set, new JsonObject { ["generators"] = Elements("a", "c") });
        await AppearsAsync($"{set}-c");
        await UntilAsync(set, value => Resources(value).Any(resource => (string?)resource!["name"] == $"{set}-c"));

        if (deletes)
        {
            await GoesAsync($"{set}-b");
        }

        Assert.Equal(!deletes, await TryGetAsync($"{set}-b") is not null);
        Assert.Equal(updates ? "main" : "other", (string?)(await engine.GetAsync($"{set}-a")).Json["spec"]!["source"]!["targetRevision"]);
    }

    [Fact]
    public async Task E14_a_failing_generator_changes_nothing_and_says_why()
    {
        var set = await CreateAsync(List("a", "b"));
        await AppearsAsync($"{set}-a");
        await AppearsAsync($"{set}-b");
        var broken = Elements("c");
        broken.Add((JsonNode)new JsonObject { ["git"] = new JsonObject { ["repoURL"] = "file:///nowhere", ["revision"] = "HEAD", ["directories"] = new JsonArray((JsonNode)new JsonObject { ["path"] = "*" }) } });

        await PatchSetAsync(set, new JsonObject { ["generators"] = broken });
        var status = await UntilAsync(set, value => Condition(value, "ErrorOccurred") == "True");

        Assert.Equal("False", Condition(status, "ParametersGenerated"));
        Assert.NotNull(await TryGetAsync($"{set}-a"));
        Assert.NotNull(await TryGetAsync($"{set}-b"));
        Assert.Null(await TryGetAsync($"{set}-c"));
    }

    [Fact]
    public async Task An_empty_generation_deletes_nothing_unless_told_to()
    {
        var set = await CreateAsync(List("a"));
        await AppearsAsync($"{set}-a");

        await PatchSetAsync(set, new JsonObject { ["generators"] = Elements() });
        var status = await UntilAsync(set, value => Condition(value, "ErrorOccurred") == "True");
        Assert.Contains("secretsops.io/allow-empty", Message(status, "ErrorOccurred"), StringComparison.Ordinal);
        Assert.NotNull(await TryGetAsync($"{set}-a"));

        await PatchAsync(set, new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["secretsops.io/allow-empty"] = "true" } } });
        await GoesAsync($"{set}-a");
    }

    [Fact]
    public async Task E16_preserved_resources_outlive_their_application()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("kept", "1")));
        var set = await CreateAsync(List("a").Replace("namespace: elsewhere", $"namespace: {target}") + "\nsyncPolicy: {preserveResourcesOnDeletion: true}");
        await engine.UntilSyncedAsync(await AppearsAsync($"{set}-a"));
        Assert.Null((await engine.GetAsync($"{set}-a")).Metadata["finalizers"]);

        await engine.Client.DeleteAsync(ApiResource.ApplicationSets, engine.ControlNamespace, set, new DeleteOptions(), default);

        await GoesAsync($"{set}-a");
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, target, "kept", default));
    }

    [Fact]
    public async Task A_deleted_set_takes_its_applications_and_their_objects_along()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("gone", "1")));
        var set = await CreateAsync(List("a").Replace("namespace: elsewhere", $"namespace: {target}"));
        await engine.UntilSyncedAsync(await AppearsAsync($"{set}-a"));

        await engine.Client.DeleteAsync(ApiResource.ApplicationSets, engine.ControlNamespace, set, new DeleteOptions(), default);

        await GoesAsync($"{set}-a");
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, target, "gone", default));
    }

    [Fact]
    public async Task E17_preserved_labels_and_annotations_stay_and_others_are_put_back()
    {
        var set = await CreateAsync(List("a") + "\npreservedFields: {labels: [team], annotations: [note]}");
        await AppearsAsync($"{set}-a");

        await engine.PatchAsync($"{set}-a", """{"metadata": {"labels": {"team": "x", "other": "y"}, "annotations": {"note": "n", "stray": "s"}}}""");

        var application = await UntilApplicationAsync($"{set}-a", value => value.Label("other") is null && value.Annotation("stray") is null);
        Assert.Equal(("x", "n"), (application.Label("team"), application.Annotation("note")));
    }

    [Fact]
    public async Task E18_ignored_differences_stay_as_somebody_edited_them()
    {
        var set = await CreateAsync(List("a") + "\nignoreApplicationDifferences: [{jsonPointers: [/spec/source/targetRevision]}, {name: nobody, jsonPointers: [/spec/project]}, {jqPathExpressions: ['.spec.source.path']}]");
        await AppearsAsync($"{set}-a");

        await engine.PatchAsync($"{set}-a", """{"spec": {"source": {"targetRevision": "v1", "path": "elsewhere"}, "destination": {"namespace": "wrong"}}}""");

        var application = await UntilApplicationAsync($"{set}-a", value => (string?)value.Json["spec"]!["destination"]!["namespace"] == "elsewhere");
        Assert.Equal(("v1", "elsewhere"), ((string?)application.Json["spec"]!["source"]!["targetRevision"], (string?)application.Json["spec"]!["source"]!["path"]));
    }

    [Fact]
    public async Task E19_an_invalid_application_is_told_while_the_others_are_made()
    {
        var spec = List("good", "bad").Replace("project: default", "project: '{{project}}'").Replace("{name: good}", "{name: good, project: default}").Replace("{name: bad}", "{name: bad, project: nosuch}");

        var set = await CreateAsync(spec);
        await AppearsAsync($"{set}-good");
        var status = await UntilAsync(set, value => Condition(value, "ErrorOccurred") == "True");

        Assert.Contains("project nosuch which does not exist", Message(status, "ErrorOccurred"), StringComparison.Ordinal);
        Assert.Equal("True", Condition(status, "ParametersGenerated"));
        Assert.Null(await TryGetAsync($"{set}-bad"));
    }

    [Fact]
    public async Task E03_a_pushed_folder_becomes_an_application()
    {
        _repository.Commit(("apps/one/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var set = await CreateAsync(Template("""
            generators:
            - git: {repoURL: REPO, revision: HEAD, directories: [{path: 'apps/*'}]}
            """).Replace("'SET-{{name}}'", "'SET-{{path.basename}}'"));
        await AppearsAsync($"{set}-one");

        _repository.Commit(("apps/two/a.yaml", EngineFixture.ConfigMap("b", "1")));
        await PatchAsync(set, new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["argocd.argoproj.io/application-set-refresh"] = "true" } } });

        await AppearsAsync($"{set}-two");
        await UntilAsync(set, value => value.Annotation("argocd.argoproj.io/application-set-refresh") is null);
    }

    [Fact]
    public async Task E02_a_cluster_secret_makes_an_application_and_its_deletion_takes_it_away()
    {
        var label = TestCluster.UniqueName("env");
        var set = await CreateAsync(Template("""
            generators:
            - clusters: {selector: {matchLabels: {env: LABEL}}}
            """).Replace("LABEL", label));
        await UntilAsync(set, value => Condition(value, "ParametersGenerated") == "True");

        foreach (var name in new[] { "one", "two" })
        {
            await AddClusterAsync($"{label}-{name}", $"https://{label}-{name}.invalid", label);
            await AppearsAsync($"{set}-{label}-{name}");
        }

        await engine.Client.DeleteAsync(ApiResource.Secrets, engine.ControlNamespace, $"{label}-two", new DeleteOptions(), default);
        await GoesAsync($"{set}-{label}-two");
    }

    public void Dispose() => _repository.Dispose();

    private static JsonArray Elements(params string[] names) =>
        [(JsonNode)new JsonObject { ["list"] = new JsonObject { ["elements"] = new JsonArray([.. names.Select(name => (JsonNode)new JsonObject { ["name"] = name })]) } }];

    private static string List(params string[] names) => Template($"generators: [{{list: {{elements: [{string.Join(", ", names.Select(name => $"{{name: {name}}}"))}]}}}}]");

    private static string Template(string generators) => generators.TrimEnd() + """

        template:
          metadata: {name: 'SET-{{name}}'}
          spec:
            project: default
            source: {repoURL: REPO, targetRevision: main, path: app}
            destination: {server: https://kubernetes.default.svc, namespace: elsewhere}
            syncPolicy: {automated: {}}
        """;

    private static JsonArray Resources(KubernetesObject set) => set.Find("status", "resources") as JsonArray ?? [];

    private static string Condition(KubernetesObject set, string type) => Field(set, type, "status");

    private static string Message(KubernetesObject set, string type) => Field(set, type, "message");

    private static string Field(KubernetesObject set, string type, string field) =>
        (set.Find("status", "conditions") as JsonArray)?.OfType<JsonObject>().FirstOrDefault(condition => condition.TextAt("type") == type)?.TextAt(field) ?? "";

    private async Task<string> CreateAsync(string spec)
    {
        var name = TestCluster.UniqueName("set");
        var yaml = spec.Replace("REPO", _repository.Url).Replace("SET", name);
        var value = new KubernetesObject(ApiResource.ApplicationSets.Gvk, engine.ControlNamespace, name);
        value.Json["spec"] = YamlText.ToJson(Encoding.UTF8.GetBytes(yaml), "test")[0].Root!.DeepClone();
        await engine.Client.CreateAsync(ApiResource.ApplicationSets, value, WriteOptions.Default, default);
        return name;
    }

    private Task<KubernetesObject> GetSetAsync(string set) => engine.Client.GetAsync(ApiResource.ApplicationSets, engine.ControlNamespace, set, default);

    private Task<KubernetesObject> PatchSetAsync(string set, JsonObject spec) => PatchAsync(set, new JsonObject { ["spec"] = spec });

    private Task<KubernetesObject> PatchAsync(string set, JsonObject patch) => engine.Client.PatchAsync(
        ApiResource.ApplicationSets, engine.ControlNamespace, set, PatchType.Merge, Encoding.UTF8.GetBytes(patch.ToJsonString()), PatchOptions.Default, default);

    private Task<KubernetesObject?> TryGetAsync(string application) => engine.Client.TryGetAsync(ApiResource.Applications, engine.ControlNamespace, application, default);

    private async Task<string> AppearsAsync(string application)
    {
        await Eventually.NotNullAsync(() => TryGetAsync(application), $"Application '{application}' appears\n{engine.Logger}");
        return application;
    }

    private Task GoesAsync(string application) =>
        Eventually.TrueAsync(async () => await TryGetAsync(application) is null, $"Application '{application}' goes\n{engine.Logger}");

    private Task<KubernetesObject> UntilApplicationAsync(string application, Func<KubernetesObject, bool> condition) =>
        engine.UntilAsync(application, condition, $"'{application}' is as expected");

    private Task<KubernetesObject> UntilAsync(string set, Func<KubernetesObject, bool> condition) => Eventually.NotNullAsync(
        async () => await GetSetAsync(set) is var value && condition(value) ? value : null, $"ApplicationSet '{set}' is as expected\n{engine.Logger}");

    private async Task<IReadOnlyList<string>> EventsAsync(string set, string reason)
    {
        var events = await engine.Client.ListAsync(ApiResource.Events, engine.ControlNamespace, ListOptions.All, default);
        return [.. events.Items.Where(item => (string?)item.Json["involvedObject"]!["name"] == set && (string?)item.Json["reason"] == reason).Select(item => (string)item.Json["message"]!)];
    }

    private async Task AddClusterAsync(string name, string server, string label)
    {
        var secret = new KubernetesObject(ApiResource.Secrets.Gvk, engine.ControlNamespace, name);
        secret.SetLabel("argocd.argoproj.io/secret-type", "cluster");
        secret.SetLabel("env", label);
        secret.Json["stringData"] = new JsonObject { ["name"] = name, ["server"] = server, ["config"] = "{}" };
        await engine.Client.CreateAsync(ApiResource.Secrets, secret, WriteOptions.Default, default);
    }
}
