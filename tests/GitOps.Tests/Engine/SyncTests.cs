using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Cryptography.Age;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Engine;

public sealed class SyncTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private readonly TestRepository _repository = new();

    [Fact]
    public async Task S01_a_folder_is_applied_without_its_subfolders_and_status_tells_it()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        var commit = _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/b.yaml", EngineFixture.ConfigMap("b", "1")), ("app/sub/c.yaml", EngineFixture.ConfigMap("c", "1")));

        var name = await engine.CreateAsync(_repository, "app", target);
        var application = await engine.UntilSyncedAsync(name, commit);

        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, target, "a", default));
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, target, "c", default));
        Assert.Equal(["a", "b"], application.Json["status"]!["resources"]!.AsArray().Select(resource => (string?)resource!["name"]));
        Assert.Equal("Healthy", EngineFixture.Text(application, "health", "status"));
        Assert.Equal("Directory", EngineFixture.Text(application, "sourceType"));
        Assert.Equal("Succeeded", EngineFixture.Text(application, "operationState", "phase"));
        Assert.Equal("successfully synced (all tasks run)", EngineFixture.Text(application, "operationState", "message"));
        Assert.Equal(commit, (string?)application.Json["status"]!["history"]![0]!["revision"]);
    }

    [Fact]
    public async Task Q01_events_tell_what_was_begun_and_how_it_ended_in_argo_cds_words()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        var commit = _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));

        var name = await engine.CreateAsync(_repository, "app", target);
        await engine.UntilSyncedAsync(name, commit);

        await Eventually.PassesAsync(async () =>
        {
            var events = (await engine.Client.ListAsync(ApiResource.Events, engine.ControlNamespace, ListOptions.All, default)).Items.Where(item => (string?)item.Json["involvedObject"]!["name"] == name).ToList();
            Assert.Contains(events, item => (string?)item.Json["message"] == $"Initiated automated sync to '{commit}'" && (string?)item.Json["reason"] == "OperationStarted");
            Assert.Contains(events, item => (string?)item.Json["message"] == $"Sync operation to {commit} succeeded" && (string?)item.Json["type"] == "Normal");
            Assert.Contains(events, item => ((string?)item.Json["message"])!.StartsWith("Updated sync status: ", StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task J05_sources_of_an_operation_must_be_permitted_too()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("other/b.yaml", EngineFixture.ConfigMap("b", "1")));
        using var foreign = new TestRepository();
        foreign.Commit(("app/evil.yaml", EngineFixture.ConfigMap("evil", "1")));
        var project = TestCluster.UniqueName("narrow");
        var value = new KubernetesObject(ApiResource.AppProjects.Gvk, engine.ControlNamespace, project);
        value.Json["spec"] = new JsonObject { ["sourceRepos"] = new JsonArray(_repository.Url), ["destinations"] = new JsonArray(new JsonObject { ["server"] = "*", ["namespace"] = "*" }) };
        await engine.Client.CreateAsync(ApiResource.AppProjects, value, WriteOptions.Default, default);
        var name = await engine.CreateAsync(_repository, "app", target, spec => spec["project"] = project);
        await engine.UntilSyncedAsync(name);

        await engine.SyncAsync(name, $$"""{"source": {"repoURL": "{{foreign.Url}}", "path": "app", "targetRevision": "main"} }""");
        var refused = await engine.UntilAsync(name, told => told.Find("status", "conditions") is JsonArray { Count: > 0 }, "the foreign source is refused");

        Assert.Contains("is not permitted in project", (string?)refused.Find("status", "conditions")![0]!["message"], StringComparison.Ordinal);
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, target, "evil", default));
    }

    [Fact]
    public async Task T01_objects_carry_the_exact_tracking_id_and_our_field_manager()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));

        var name = await engine.CreateAsync(_repository, "app", target);
        await engine.UntilSyncedAsync(name);
        var live = await engine.Client.GetAsync(ApiResource.ConfigMaps, target, "a", default);

        Assert.Equal($"{name}:/ConfigMap:{target}/a", live.Annotation("argocd.argoproj.io/tracking-id"));
        Assert.Contains(live.Metadata["managedFields"]!.AsArray(), entry => (string?)entry!["manager"] == "argocd-controller" && (string?)entry["operation"] == "Apply");
        Assert.Null(live.Annotation("kubectl.kubernetes.io/last-applied-configuration"));
    }

    [Fact]
    public async Task A_second_sync_writes_no_object()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/d.yaml", Deployment("web")), ("app/s.yaml", Service("web")));
        var name = await engine.CreateAsync(_repository, "app", target);
        await engine.UntilSyncedAsync(name);
        var before = await VersionsAsync(target);

        await engine.RefreshAsync(name, "hard");
        await engine.SyncAsync(name);
        var application = await engine.UntilAsync(name, value => value.Json["operation"] is null && value.Json["status"]!["history"]!.AsArray().Count == 2, "the second sync is in the history");

        Assert.Equal(before, await VersionsAsync(target));
        Assert.All(application.Json["status"]!["operationState"]!["syncResult"]!["resources"]!.AsArray(), result => Assert.EndsWith("unchanged", (string?)result!["message"]));
    }

    [Fact]
    public async Task D01_an_encrypted_Secret_arrives_and_its_plaintext_nowhere_else()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        var canary = "canary-" + Guid.NewGuid().ToString("n");
        var encrypted = await engine.EncryptAsync(Secret("db", canary));
        Assert.DoesNotContain(canary, encrypted);
        _repository.Commit(("app/secret.yaml", encrypted), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));

        var name = await engine.CreateAsync(_repository, "app", target);
        await engine.UntilSyncedAsync(name);
        var live = await engine.Client.GetAsync(ApiResource.Secrets, target, "db", default);

        Assert.Equal(canary, Encoding.UTF8.GetString(Convert.FromBase64String((string)live.Json["data"]!["password"]!)));
        await NothingHoldsAsync(name, canary);
    }

    [Fact]
    public async Task D02_a_file_that_cannot_be_opened_stops_its_Application_and_what_was_applied_stays()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/b.yaml", EngineFixture.ConfigMap("b", "1")));
        var name = await engine.CreateAsync(_repository, "app", target);
        await engine.UntilSyncedAsync(name);
        var foreign = await EngineFixture.EncryptAsync(Secret("db", "x"), X25519Identity.Generate());
        _repository.Commit(("app/secret.yaml", foreign), ("app/b.yaml", null), ("app/a.yaml", EngineFixture.ConfigMap("a", "2")));

        await engine.RefreshAsync(name);
        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "conditions").Contains("ComparisonError", StringComparison.Ordinal), "a ComparisonError tells of the file");

        Assert.Contains("app/secret.yaml", EngineFixture.Text(application, "conditions"));
        Assert.Contains("secretsops.io/decryption-key=active", EngineFixture.Text(application, "conditions"));
        Assert.Equal("Unknown", EngineFixture.Text(application, "sync", "status"));
        Assert.Equal("1", (string?)(await engine.Client.GetAsync(ApiResource.ConfigMaps, target, "a", default)).Json["data"]!["key"]);
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, target, "b", default));
    }

    [Fact]
    public async Task D03_a_key_that_arrives_later_opens_what_was_stopped()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        var late = X25519Identity.Generate();
        _repository.Commit(("app/secret.yaml", await EngineFixture.EncryptAsync(Secret("db", "x"), late)));
        var name = await engine.CreateAsync(_repository, "app", target);
        await engine.UntilAsync(name, value => EngineFixture.Text(value, "conditions").Contains("ComparisonError", StringComparison.Ordinal), "the file cannot be opened yet");

        await engine.AddKeyAsync(TestCluster.UniqueName("late"), late.ToSecretText());

        var application = await engine.UntilSyncedAsync(name);
        Assert.Equal("", EngineFixture.Text(application, "conditions"));
    }

    [Fact]
    public async Task A01_a_commit_is_applied_after_the_refresh_annotation_and_A04_what_is_gone_is_pruned()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/b.yaml", EngineFixture.ConfigMap("b", "1")));
        var name = await engine.CreateAsync(_repository, "app", target);
        await engine.UntilSyncedAsync(name);
        var commit = _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "2")), ("app/b.yaml", null));

        await engine.RefreshAsync(name);
        var application = await engine.UntilSyncedAsync(name, commit);

        Assert.Equal("2", (string?)(await engine.Client.GetAsync(ApiResource.ConfigMaps, target, "a", default)).Json["data"]!["key"]);
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, target, "b", default));
        Assert.Contains("pruned", EngineFixture.Text(application, "operationState", "syncResult", "resources"));
    }

    [Fact]
    public async Task A09_a_Secret_deleted_by_hand_is_back_and_an_edit_is_undone()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/secret.yaml", await engine.EncryptAsync(Secret("db", "x"))), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var name = await engine.CreateAsync(_repository, "app", target);
        await engine.UntilSyncedAsync(name);

        await engine.Client.DeleteAsync(ApiResource.Secrets, target, "db", DeleteOptions.Default, default);
        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(ApiResource.Secrets, target, "db", default) is not null, "the Secret is back");
        await engine.Client.PatchAsync(ApiResource.ConfigMaps, target, "a", PatchType.Merge, """{"data": {"key": "edited"}}"""u8.ToArray(), PatchOptions.Default, default);

        await Eventually.TrueAsync(async () => (string?)(await engine.Client.GetAsync(ApiResource.ConfigMaps, target, "a", default)).Json["data"]!["key"] == "1", "the edit is undone");
    }

    [Fact]
    public async Task A08_without_selfHeal_an_edit_stays_and_is_told()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var name = await engine.CreateAsync(_repository, "app", target, spec => spec["syncPolicy"]!["automated"]!["selfHeal"] = false);
        await engine.UntilSyncedAsync(name);

        await engine.Client.PatchAsync(ApiResource.ConfigMaps, target, "a", PatchType.Merge, """{"data": {"key": "edited"}}"""u8.ToArray(), PatchOptions.Default, default);

        await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status") == "OutOfSync", "the edit is told");
        Assert.Equal("edited", (string?)(await engine.Client.GetAsync(ApiResource.ConfigMaps, target, "a", default)).Json["data"]!["key"]);
    }

    [Fact]
    public async Task A05_an_empty_folder_does_not_wipe_the_Application_out()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/readme.txt", "x"));
        var name = await engine.CreateAsync(_repository, "app", target);
        await engine.UntilSyncedAsync(name);
        _repository.Commit(("app/a.yaml", null));

        await engine.RefreshAsync(name);
        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "conditions").Contains("SyncError", StringComparison.Ordinal), "the guard speaks");

        Assert.Contains("auto-sync will wipe out all resources", EngineFixture.Text(application, "conditions"));
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, target, "a", default));
    }

    [Fact]
    public async Task Y39_CreateNamespace_makes_the_namespace_and_does_not_track_it()
    {
        var target = TestCluster.UniqueName("made");
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));

        var name = await engine.CreateAsync(_repository, "app", target, spec => spec["syncPolicy"]!["syncOptions"] = new JsonArray("CreateNamespace=true"));
        await engine.UntilSyncedAsync(name);

        var made = await engine.Client.GetAsync(ApiResource.Namespaces, "", target, default);
        Assert.Null(made.Annotation("argocd.argoproj.io/tracking-id"));
        await engine.Client.DeleteAsync(ApiResource.Namespaces, "", target, DeleteOptions.Default, default);
    }

    [Fact]
    public async Task Y01_a_manual_operation_is_carried_out_and_removed()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        var commit = _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var name = await engine.CreateAsync(_repository, "app", target, spec => spec.Remove("syncPolicy"));
        await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status") == "OutOfSync", "nothing is synced by itself");
        Assert.Equal("Missing", EngineFixture.Text(await engine.GetAsync(name), "health", "status"));

        await engine.SyncAsync(name);

        var application = await engine.UntilSyncedAsync(name, commit);
        Assert.Null(application.Json["operation"]);
        Assert.Equal("configmap/a created", (string?)application.Json["status"]!["operationState"]!["syncResult"]!["resources"]![0]!["message"]);
    }

    [Fact]
    public async Task Y22_one_invalid_object_keeps_all_from_being_applied()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/bad.yaml", Service("Not_A_Name")));

        var name = await engine.CreateAsync(_repository, "app", target, spec => spec["syncPolicy"]!["retry"] = new JsonObject { ["limit"] = 0 });
        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "phase") == "Failed", "the sync fails");

        Assert.Contains("(dry run)", EngineFixture.Text(application, "operationState", "message"));
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, target, "a", default));
    }

    [Fact]
    public async Task R09_an_unknown_revision_is_a_ComparisonError()
    {
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));

        var name = await engine.CreateAsync(_repository, "app", "default", spec => spec["source"]!["targetRevision"] = "bogus");
        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "conditions").Length > 0, "a condition tells it");

        Assert.Contains("unable to resolve 'bogus' to a commit SHA", EngineFixture.Text(application, "conditions").Replace("\\u0027", "'", StringComparison.Ordinal));
        Assert.Equal("Unknown", EngineFixture.Text(application, "sync", "status"));
    }

    [Fact]
    public async Task J06_a_missing_project_is_an_InvalidSpecError()
    {
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));

        var name = await engine.CreateAsync(_repository, "app", "default", spec => spec["project"] = "nowhere");
        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "conditions").Length > 0, "a condition tells it");

        Assert.Contains("Application referencing project nowhere which does not exist", EngineFixture.Text(application, "conditions"));
    }

    [Fact]
    public async Task L01_deleting_with_the_finalizer_takes_the_objects_along_and_L02_without_it_they_stay()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("gone/a.yaml", EngineFixture.ConfigMap("a", "1")), ("kept/b.yaml", EngineFixture.ConfigMap("b", "1")));
        var cascading = await engine.CreateAsync(_repository, "gone", target);
        var plain = await engine.CreateAsync(_repository, "kept", target);
        await engine.PatchAsync(cascading, """{"metadata": {"finalizers": ["resources-finalizer.argocd.argoproj.io"]}}""");
        await engine.UntilSyncedAsync(cascading);
        await engine.UntilSyncedAsync(plain);

        await engine.Client.DeleteAsync(ApiResource.Applications, engine.ControlNamespace, cascading, DeleteOptions.Default, default);
        await engine.Client.DeleteAsync(ApiResource.Applications, engine.ControlNamespace, plain, DeleteOptions.Default, default);

        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(ApiResource.Applications, engine.ControlNamespace, cascading, default) is null, "the Application is gone");
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, target, "a", default));
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, target, "b", default));
    }

    [Fact]
    public async Task Q03_an_unchanged_Application_is_not_written_again()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var name = await engine.CreateAsync(_repository, "app", target);
        await engine.UntilSyncedAsync(name);

        var poked = await engine.Client.PatchAsync(ApiResource.Applications, engine.ControlNamespace, name, PatchType.Merge, """{"metadata": {"labels": {"poked": "yes"}}}"""u8.ToArray(), PatchOptions.Default, default);
        var other = await engine.CreateAsync(_repository, "app", await engine.Cluster.CreateNamespaceAsync());
        await engine.UntilSyncedAsync(other);

        Assert.Equal(poked.ResourceVersion, (await engine.GetAsync(name)).ResourceVersion);
    }

    public void Dispose() => _repository.Dispose();

    private static string Secret(string name, string password) => $"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {name}\nstringData:\n  password: {password}\n";

    private static string Service(string name) => $"apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  selector:\n    app: web\n  ports:\n    - port: 80\n";

    private static string Deployment(string name) => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: {{name}}
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
                  image: example.org/web:1
                  resources:
                    limits: {cpu: 1000m}
        """;

    private async Task<string> VersionsAsync(string target)
    {
        var versions = new List<string>();
        foreach (var resource in new[] { ApiResource.ConfigMaps, ApiResource.Deployments, ApiResource.Services })
        {
            var list = await engine.Client.ListAsync(resource, target, ListOptions.All, default);
            versions.AddRange(list.Items.Select(item => $"{item.Key}@{item.Json["metadata"]!["generation"]} {item.Json["metadata"]!["managedFields"]}"));
        }

        return string.Join('\n', versions);
    }

    private async Task NothingHoldsAsync(string application, string canary)
    {
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(canary));
        var events = await engine.Client.ListAsync(ApiResource.Events, engine.ControlNamespace, ListOptions.All, default);
        var places = new List<string> { (await engine.GetAsync(application)).Json.ToJsonString(), engine.Logger.ToString(), string.Concat(events.Items.Select(item => item.Json.ToJsonString())) };
        places.AddRange(Directory.EnumerateFiles(engine.CacheFolder, "*", SearchOption.AllDirectories).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));
        Assert.All(places, place => Assert.DoesNotContain(canary, place));
        Assert.All(places, place => Assert.DoesNotContain(encoded, place));
    }
}
