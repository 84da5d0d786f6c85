using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>Waves, pruning and sync options, one test for each row of the checklist.</summary>
public sealed class SyncOptionTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private const string Wave = "argocd.argoproj.io/sync-wave";
    private const string Options = "argocd.argoproj.io/sync-options";

    private static readonly ApiResource Jobs = new("batch", "v1", "Job", "jobs", true);
    private static readonly ApiResource Workflows = new("argoproj.io", "v1alpha1", "Workflow", "workflows", true);

    private readonly TestRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task Y06_Y07_Y21_the_next_wave_waits_for_health_and_a_degraded_object_ends_the_sync()
    {
        await engine.Cluster.InstallDefinitionsAsync(Encoding.UTF8.GetBytes(WorkflowDefinition), "a test's definition");
        var (name, space) = await StartAsync(
            [], ("app/a.yaml", EngineFixture.ConfigMap("first", "1", (Wave, "-5"))), ("app/b.yaml", Workflow("web")), ("app/c.yaml", EngineFixture.ConfigMap("last", "1", (Wave, "3"))));
        await WaitingForAsync(name, "waiting for healthy state of argoproj.io/Workflow/web");
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "first", default));
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "last", default));

        await SetStatusAsync(Workflows, space, "web", """{"phase": "Failed", "message": "step build has failed"}""");

        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "phase") == "Failed", "the sync fails");
        Assert.Contains("step build has failed", EngineFixture.Text(application, "operationState", "message"));
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "last", default));
    }

    [Fact]
    public async Task Y06_a_healthy_wave_lets_the_next_one_go()
    {
        var (name, space) = await StartAsync([], ("app/b.yaml", Balanced("web")), ("app/c.yaml", EngineFixture.ConfigMap("last", "1", (Wave, "3"))));
        await WaitingForAsync(name, "waiting for healthy state of Service/web");

        await SetStatusAsync(ApiResource.Services, space, "web", HasAddress);

        await engine.UntilSyncedAsync(name);
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "last", default));
    }

    [Fact]
    public async Task Y20_a_single_wave_succeeds_without_waiting_for_health()
    {
        var (name, _) = await StartAsync([], ("app/b.yaml", Deployment("web")));

        var application = await engine.UntilSyncedAsync(name);

        Assert.Equal("successfully synced (all tasks run)", EngineFixture.Text(application, "operationState", "message"));
        Assert.Equal("Progressing", EngineFixture.Text(application, "health", "status"));
    }

    [Fact]
    public async Task Y09_Y10_Y24_a_definition_and_a_namespace_go_before_what_needs_them_and_an_unknown_kind_fails()
    {
        var space = TestCluster.UniqueName("inner");
        var group = TestCluster.UniqueName("g") + ".example.org";
        var (name, _) = await StartAsync(
            [],
            ("app/a-thing.yaml", $"apiVersion: {group}/v1\nkind: Thing\nmetadata: {{name: one, namespace: {space}}}\nspec: {{x: 1}}\n"),
            ("app/b-definition.yaml", Definition(group)),
            ("app/c-namespace.yaml", $"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {space}\n{EngineFixture.Annotations([(Wave, "5")])}"));
        await engine.UntilSyncedAsync(name);
        var (bad, _) = await StartAsync([], ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/x.yaml", $"apiVersion: nowhere.{group}/v1\nkind: Thing\nmetadata: {{name: one}}\n"));

        var failed = await engine.UntilAsync(bad, value => EngineFixture.Text(value, "operationState", "phase") == "Failed", "the sync fails");

        Assert.StartsWith("one or more synchronization tasks are not valid", EngineFixture.Text(failed, "operationState", "message"));
        await engine.Client.DeleteAsync(ApiResource.Namespaces, "", space, DeleteOptions.Default, default);
    }

    [Fact]
    public async Task Y25_Y26_Y27_pruning_asks_for_permission_and_respects_the_objects_own_word()
    {
        var (name, space) = await StartAsync(Manual, ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/b.yaml", EngineFixture.ConfigMap("b", "1")), ("app/kept.yaml", EngineFixture.ConfigMap("kept", "1", (Options, "Prune=false"))));
        await SyncedAsync(name);
        _repository.Commit(("app/b.yaml", null), ("app/kept.yaml", null));

        await SyncedAsync(name);
        Assert.Equal(["ignored (requires pruning)", "ignored (requires pruning)"], Messages(await engine.GetAsync(name)).Where(message => message.StartsWith("ignored", StringComparison.Ordinal)));
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "b", default));
        await SyncedAsync(name, "\"prune\": true");

        Assert.Equal(["ignored (no prune)", "pruned"], Messages(await engine.GetAsync(name)).Where(message => message.Contains("prune", StringComparison.Ordinal)).Order());
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "b", default));
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "kept", default));
        Assert.Equal("OutOfSync", EngineFixture.Text(await engine.GetAsync(name), "sync", "status"));
    }

    [Fact]
    public async Task Y28_a_deletion_to_confirm_waits_for_an_approval_that_is_new_enough()
    {
        var (name, space) = await StartAsync([], ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/b.yaml", EngineFixture.ConfigMap("b", "1", (Options, "Prune=confirm"))));
        await engine.UntilSyncedAsync(name);
        await engine.PatchAsync(name, """{"metadata": {"annotations": {"argocd.argoproj.io/deletion-approved": "2020-01-01T00:00:00Z"}}}""");
        _repository.Commit(("app/b.yaml", null));
        await engine.RefreshAsync(name);
        await WaitingForAsync(name, "waiting for approval of pruning");
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "b", default));

        await engine.PatchAsync(name, $$$"""{"metadata": {"annotations": {"argocd.argoproj.io/deletion-approved": "{{{DateTimeOffset.UtcNow.AddMinutes(1):yyyy-MM-ddTHH:mm:ssZ}}}" } } }""");

        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "b", default) is null, "the object is pruned");
    }

    [Fact]
    public async Task Y29_PruneLast_deletes_after_every_wave_is_healthy()
    {
        var (name, space) = await StartAsync(["PruneLast=true"], ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/old.yaml", EngineFixture.ConfigMap("old", "1")));
        await engine.UntilSyncedAsync(name);
        _repository.Commit(("app/old.yaml", null), ("app/b.yaml", Balanced("web")));
        await engine.RefreshAsync(name);

        await WaitingForAsync(name, "waiting for healthy state of Service/web");
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "old", default));
        await SetStatusAsync(ApiResource.Services, space, "web", HasAddress);

        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "old", default) is null, "the object is pruned at last");
    }

    [Fact]
    public async Task Y30_pruning_goes_through_the_waves_in_reverse_each_awaited()
    {
        var held = EngineFixture.ConfigMap("later", "1", (Wave, "2")).Replace("metadata:\n", "metadata:\n  finalizers: [example.org/hold]\n", StringComparison.Ordinal);
        var (name, space) = await StartAsync([], ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/b.yaml", EngineFixture.ConfigMap("earlier", "1", (Wave, "1"))), ("app/c.yaml", held));
        await engine.UntilSyncedAsync(name);
        _repository.Commit(("app/b.yaml", null), ("app/c.yaml", null));
        await engine.RefreshAsync(name);

        await WaitingForAsync(name, "waiting for deletion of ConfigMap/later");
        Assert.False((await engine.Client.GetAsync(ApiResource.ConfigMaps, space, "earlier", default)).IsBeingDeleted);
        await engine.Client.PatchAsync(ApiResource.ConfigMaps, space, "later", PatchType.Merge, """{"metadata": {"finalizers": null}}"""u8.ToArray(), PatchOptions.Default, default);

        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "earlier", default) is null, "the earlier wave goes last");
    }

    [Fact]
    public async Task Y31_ApplyOutOfSyncOnly_touches_what_differs()
    {
        var (name, _) = await StartAsync(["ApplyOutOfSyncOnly=true"], ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/b.yaml", EngineFixture.ConfigMap("b", "1")));
        await engine.UntilSyncedAsync(name);
        var commit = _repository.Commit(("app/b.yaml", EngineFixture.ConfigMap("b", "2")));
        await engine.RefreshAsync(name);

        var application = await engine.UntilSyncedAsync(name, commit);

        Assert.Equal(["configmap/b configured"], Messages(application));
    }

    [Fact]
    public async Task Y32_a_selective_sync_takes_the_named_objects_without_hooks_and_without_history()
    {
        var (name, space) = await StartAsync(Manual, ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/b.yaml", EngineFixture.ConfigMap("b", "1")), ("app/h.yaml", EngineFixture.ConfigMap("h", "1", ("argocd.argoproj.io/hook", "PreSync"))));

        await SyncedAsync(name, """ "resources": [{"kind": "ConfigMap", "name": "a"}] """);

        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "b", default));
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "h", default));
        Assert.Null((await engine.GetAsync(name)).Json["status"]!["history"]);
    }

    [Fact]
    public async Task Y03_a_dry_run_changes_nothing_and_writes_no_history()
    {
        var (name, space) = await StartAsync(Manual, ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));

        await SyncedAsync(name, "\"dryRun\": true");

        Assert.Equal(["configmap/a created (dry run)"], Messages(await engine.GetAsync(name)));
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
        Assert.Null((await engine.GetAsync(name)).Json["status"]!["history"]);
    }

    [Fact]
    public async Task Y23_Validate_false_takes_an_unknown_field()
    {
        const string Odd = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: odd}\nnotAField: 1\n";
        var (strict, _) = await StartAsync([], ("app/odd.yaml", Odd), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await engine.UntilAsync(strict, value => EngineFixture.Text(value, "operationState", "phase") == "Failed", "the field is refused");

        var (loose, space) = await StartAsync(["Validate=false"], ("app/odd.yaml", Odd), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));

        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "odd", default) is not null, "the object is there");
        Assert.NotEqual("Failed", EngineFixture.Text(await engine.GetAsync(loose), "operationState", "phase"));
    }

    [Fact]
    public async Task Y33_server_side_apply_takes_fields_over_by_force_and_writes_no_last_applied()
    {
        var (name, space) = await StartAsync(Manual, spec => spec["syncPolicy"]!["syncOptions"] = new JsonArray("ServerSideApply=true"), ("app/a.yaml", EngineFixture.ConfigMap("a", "git")));
        var foreign = new KubernetesObject(ApiResource.ConfigMaps.Gvk, space, "a");
        foreign.Json["data"] = new JsonObject { ["key"] = "theirs", ["own"] = "theirs" };
        await engine.Client.ApplyAsync(ApiResource.ConfigMaps, foreign, new ApplyOptions { FieldManager = "somebody-else" }, default);

        await SyncedAsync(name);

        var live = await engine.Client.GetAsync(ApiResource.ConfigMaps, space, "a", default);
        Assert.Equal(("git", "theirs"), ((string?)live.Json["data"]!["key"], (string?)live.Json["data"]!["own"]));
        Assert.Null(live.Annotation("kubectl.kubernetes.io/last-applied-configuration"));
        var ours = Assert.Single(Managers(live), entry => (string?)entry["manager"] == "argocd-controller");
        Assert.Equal("Apply", (string?)ours["operation"]);
        Assert.NotNull(ours["fieldsV1"]!["f:data"]!["f:key"]);
        Assert.Equal(["configmap/a serverside-applied"], Messages(await engine.GetAsync(name)));
    }

    [Fact]
    public async Task Y34_what_kubectl_apply_owned_becomes_ours_so_that_a_removed_field_goes()
    {
        var (name, space) = await StartAsync(Manual, ("app/a.yaml", EngineFixture.ConfigMap("a", "git")));
        var old = new KubernetesObject(ApiResource.ConfigMaps.Gvk, space, "a");
        old.Json["data"] = new JsonObject { ["key"] = "old", ["removed"] = "old" };
        old.SetAnnotation("kubectl.kubernetes.io/last-applied-configuration", old.Json.ToJsonString());
        await engine.Client.CreateAsync(ApiResource.ConfigMaps, old, new WriteOptions { FieldManager = "kubectl-client-side-apply" }, default);

        await SyncedAsync(name);
        await SyncedAsync(name);

        var live = await engine.Client.GetAsync(ApiResource.ConfigMaps, space, "a", default);
        Assert.Equal(["key"], live.Json["data"]!.AsObject().Select(entry => entry.Key));
        Assert.Equal(["argocd-controller"], Managers(live).Select(entry => (string?)entry["manager"]));
    }

    [Fact]
    public async Task Y35_an_objects_ServerSideApply_false_overrides_the_Applications_option()
    {
        var (name, _) = await StartAsync(Manual, spec => spec["syncPolicy"]!["syncOptions"] = new JsonArray("ServerSideApply=true"), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/b.yaml", EngineFixture.ConfigMap("b", "1", (Options, "ServerSideApply=false"))));

        await SyncedAsync(name);

        Assert.Equal(["configmap/a serverside-applied", "configmap/b created"], Messages(await engine.GetAsync(name)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Force=true,Replace=true")]
    [InlineData("Force=true")]
    public async Task Y37_an_immutable_field_is_changed_by_deleting_and_creating_where_Force_allows(string option)
    {
        var (name, space) = await StartAsync(Manual, ("app/job.yaml", Job("first", option)));
        await SyncedAsync(name);
        var before = await engine.Client.GetAsync(Jobs, space, "job", default);
        _repository.Commit(("app/job.yaml", Job("second", option)));

        await SyncedAsync(name);

        var after = await engine.Client.GetAsync(Jobs, space, "job", default);
        Assert.NotEqual(before.Uid, after.Uid);
        Assert.Equal("example.org/second", (string?)after.Json["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]);

        static string Job(string image, string option) =>
            $"apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: job\n{EngineFixture.Annotations([(Options, option)])}spec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n        - {{name: main, image: example.org/{image}}}\n";
    }

    [Fact]
    public async Task Y13_an_object_marked_Skip_is_never_applied()
    {
        var (name, space) = await StartAsync([], ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/s.yaml", EngineFixture.ConfigMap("skipped", "1", ("argocd.argoproj.io/hook", "Skip"))));

        var application = await engine.UntilSyncedAsync(name);

        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "skipped", default));
        Assert.Equal(["a"], application.Json["status"]!["resources"]!.AsArray().Select(resource => (string?)resource!["name"]));
    }

    [Fact]
    public async Task Y36_Replace_takes_away_what_Git_does_not_have()
    {
        var (name, space) = await StartAsync(Manual, ("app/a.yaml", EngineFixture.ConfigMap("a", "1", (Options, "Replace=true"))));
        await SyncedAsync(name);
        await engine.Client.PatchAsync(ApiResource.ConfigMaps, space, "a", PatchType.Merge, """{"data": {"foreign": "x"}}"""u8.ToArray(), PatchOptions.Default, default);

        await SyncedAsync(name);

        var live = await engine.Client.GetAsync(ApiResource.ConfigMaps, space, "a", default);
        Assert.Equal(["key"], live.Json["data"]!.AsObject().Select(entry => entry.Key));
    }

    [Fact]
    public async Task Y38_RespectIgnoreDifferences_leaves_the_live_value_through_a_sync()
    {
        var (name, space) = await StartAsync(["RespectIgnoreDifferences=true"], spec => spec["ignoreDifferences"] = new JsonArray(
            new JsonObject { ["group"] = "", ["kind"] = "ConfigMap", ["jsonPointers"] = new JsonArray("/data/key"), ["jqPathExpressions"] = new JsonArray(".data.other") }), ("app/a.yaml", Settings("1")));
        await engine.UntilSyncedAsync(name);
        await engine.Client.PatchAsync(ApiResource.ConfigMaps, space, "a", PatchType.Merge, """{"data": {"key": "live", "other": "live"}}"""u8.ToArray(), PatchOptions.Default, default);
        var commit = _repository.Commit(("app/a.yaml", Settings("2")));
        await engine.RefreshAsync(name);

        await engine.UntilSyncedAsync(name, commit);

        var data = (await engine.Client.GetAsync(ApiResource.ConfigMaps, space, "a", default)).Json["data"]!;
        Assert.Equal(("live", "live", "2"), ((string?)data["key"], (string?)data["other"], (string?)data["more"]));

        static string Settings(string more) => $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{key: git, other: git, more: \"{more}\"}}\n";
    }

    [Fact]
    public async Task C04_C05_C06_drift_in_ignored_fields_is_none()
    {
        var (name, space) = await StartAsync([], spec => spec["ignoreDifferences"] = new JsonArray(
            new JsonObject { ["group"] = "*", ["kind"] = "ConfigMap", ["jsonPointers"] = new JsonArray("/metadata/annotations/example.org~1note") },
            new JsonObject { ["kind"] = "ConfigMap", ["group"] = "", ["jqPathExpressions"] = new JsonArray(".data | select(.rest == \"git\") | .jq") },
            new JsonObject { ["kind"] = "ConfigMap", ["group"] = "", ["managedFieldsManagers"] = new JsonArray("trusted") }), ("app/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {example.org/note: git}}\ndata: {jq: git, owned: git, rest: git}\n"));
        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status").Length > 0, "it was compared");
        if (EngineFixture.Text(application, "sync", "status") == "Unknown")
        {
            Assert.Fail(EngineFixture.Text(application, "conditions"));
        }

        await engine.UntilSyncedAsync(name);
        await engine.Client.PatchAsync(ApiResource.ConfigMaps, space, "a", PatchType.Merge, """{"metadata": {"annotations": {"example.org/note": "x"}}, "data": {"jq": "x"}}"""u8.ToArray(), PatchOptions.Default, default);
        await engine.Client.PatchAsync(ApiResource.ConfigMaps, space, "a", PatchType.Merge, """{"data": {"owned": "x"}}"""u8.ToArray(), new PatchOptions { FieldManager = "trusted" }, default);
        await engine.RefreshAsync(name);

        Assert.Equal("Synced", EngineFixture.Text(await engine.GetAsync(name), "sync", "status"));
        Assert.Equal("x", (string?)(await engine.Client.GetAsync(ApiResource.ConfigMaps, space, "a", default)).Json["data"]!["owned"]);
    }

    [Fact]
    public async Task Y40_managedNamespaceMetadata_is_set_and_corrected()
    {
        var space = TestCluster.UniqueName("meta");
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var name = await engine.CreateAsync(_repository, "app", space, spec =>
        {
            spec["syncPolicy"]!["syncOptions"] = new JsonArray("CreateNamespace=true");
            spec["syncPolicy"]!["managedNamespaceMetadata"] = new JsonObject { ["labels"] = new JsonObject { ["team"] = "red" }, ["annotations"] = new JsonObject { ["note"] = "x" } };
        });
        await engine.UntilSyncedAsync(name);
        var made = await engine.Client.GetAsync(ApiResource.Namespaces, "", space, default);
        Assert.Equal(("red", "x", (string?)null), (made.Label("team"), made.Annotation("note"), made.Annotation("argocd.argoproj.io/tracking-id")));

        await engine.Client.PatchAsync(ApiResource.Namespaces, "", space, PatchType.Merge, """{"metadata": {"labels": {"team": "blue"}}}"""u8.ToArray(), PatchOptions.Default, default);

        await Eventually.TrueAsync(async () => (await engine.Client.GetAsync(ApiResource.Namespaces, "", space, default)).Label("team") == "red", "the label is corrected");
        await engine.Client.DeleteAsync(ApiResource.Namespaces, "", space, DeleteOptions.Default, default);
    }

    [Fact]
    public async Task Y41_a_failure_is_tried_again_and_counted()
    {
        var (name, _) = await StartAsync([], spec => spec["syncPolicy"]!["retry"] = new JsonObject { ["limit"] = 2, ["backoff"] = new JsonObject { ["duration"] = "100ms", ["factor"] = 1 } }, ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/x.yaml", EngineFixture.ConfigMap("Not_A_Name", "1")));

        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "phase") == "Failed", "the sync fails for good");

        Assert.EndsWith("(retried 2 times).", EngineFixture.Text(application, "operationState", "message"));
        Assert.Equal("2", EngineFixture.Text(application, "operationState", "retryCount"));
    }

    [Fact]
    public async Task Y42_retry_with_refresh_takes_the_commit_that_mends_it()
    {
        var (name, space) = await StartAsync(Manual, ("app/x.yaml", EngineFixture.ConfigMap("Not_A_Name", "1")));
        var broken = _repository.Head();
        await engine.PatchAsync(name, $$$"""{"operation": {"sync": {"revision": "{{{broken}}}"}, "retry": {"limit": -1, "refresh": true, "backoff": {"duration": "200ms", "factor": 1} } } }""");
        await WaitingForAsync(name, "one or more objects failed to apply");

        var mended = _repository.Commit(("app/x.yaml", EngineFixture.ConfigMap("good", "1")));

        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "phase") == "Succeeded", "the sync succeeds");
        Assert.Equal(mended, EngineFixture.Text(application, "operationState", "syncResult", "revision"));
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "good", default));
    }

    [Fact]
    public async Task A_new_commit_goes_before_the_retries_of_an_old_one()
    {
        var (name, space) = await StartAsync([], spec => spec["syncPolicy"]!["retry"] = new JsonObject { ["limit"] = -1, ["backoff"] = new JsonObject { ["duration"] = "10m" } }, ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/x.yaml", EngineFixture.ConfigMap("Not_A_Name", "1")));
        await engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "message").Contains("Retrying attempt #1", StringComparison.Ordinal), "it waits for the next attempt");
        var commit = _repository.Commit(("app/x.yaml", null));

        await engine.RefreshAsync(name);

        await engine.UntilSyncedAsync(name, commit);
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
    }

    [Fact]
    public async Task Y44_history_grows_by_ids_and_is_trimmed()
    {
        var (name, _) = await StartAsync(Manual, spec => spec["revisionHistoryLimit"] = 2, ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        for (var i = 0; i < 4; i++)
        {
            await SyncedAsync(name);
        }

        var history = (await engine.GetAsync(name)).Json["status"]!["history"]!.AsArray();
        Assert.Equal([2, 3], history.Select(entry => (int)entry!["id"]!));
    }

    [Fact]
    public async Task T05_an_object_of_another_Application_is_told_and_FailOnSharedResource_refuses_it()
    {
        var (first, space) = await StartAsync([], ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await engine.UntilSyncedAsync(first);

        var second = await engine.CreateAsync(_repository, "app", space, spec => spec["syncPolicy"]!["syncOptions"] = new JsonArray("FailOnSharedResource=true"));
        var application = await engine.UntilAsync(second, value => EngineFixture.Text(value, "operationState", "message").Contains("Shared resource found", StringComparison.Ordinal), "the sync is refused");

        Assert.Contains("SharedResourceWarning", EngineFixture.Text(application, "conditions"));
        Assert.StartsWith(first, (await engine.Client.GetAsync(ApiResource.ConfigMaps, space, "a", default)).Annotation("argocd.argoproj.io/tracking-id"));
    }

    [Fact]
    public async Task T10_an_excluded_kind_is_told_and_left_out()
    {
        var (name, space) = await StartAsync([], ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/e.yaml", "apiVersion: coordination.k8s.io/v1\nkind: Lease\nmetadata: {name: l}\n"));

        var application = await engine.UntilSyncedAsync(name);

        Assert.Contains("ExcludedResourceWarning", EngineFixture.Text(application, "conditions"));
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.Leases, space, "l", default));
    }

    [Fact]
    public async Task L03_L05_H15_objects_to_keep_stay_and_others_go_with_the_Application()
    {
        var (name, space) = await StartAsync([], ("app/a.yaml", EngineFixture.ConfigMap("a", "1", (Wave, "2"))), ("app/b.yaml", EngineFixture.ConfigMap("b", "1", (Options, "Delete=false"))), ("app/c.yaml", EngineFixture.ConfigMap("c", "1", ("helm.sh/resource-policy", "keep"))));
        await engine.UntilSyncedAsync(name);
        await engine.PatchAsync(name, """{"metadata": {"finalizers": ["resources-finalizer.argocd.argoproj.io/background"]}}""");

        await engine.Client.DeleteAsync(ApiResource.Applications, engine.ControlNamespace, name, DeleteOptions.Default, default);
        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(ApiResource.Applications, engine.ControlNamespace, name, default) is null, "the Application is gone");

        var left = await engine.Client.ListAsync(ApiResource.ConfigMaps, space, ListOptions.All, default);
        Assert.Equal(["b", "c"], left.Items.Select(item => item.Name).Where(item => item.Length == 1).Order());
    }

    [Fact]
    public async Task A_fight_over_a_field_is_told_with_the_name_of_the_other_writer()
    {
        var (name, space) = await StartAsync([], ("app/a.yaml", EngineFixture.ConfigMap("a", "git")));
        await engine.UntilSyncedAsync(name);

        var application = await Eventually.NotNullAsync(async () =>
        {
            await engine.Client.PatchAsync(ApiResource.ConfigMaps, space, "a", PatchType.Merge, """{"data": {"key": "other"}}"""u8.ToArray(), new PatchOptions { FieldManager = "the-other-one" }, default);
            var value = await engine.GetAsync(name);
            return EngineFixture.Text(value, "conditions").Contains("RepeatedChangeWarning", StringComparison.Ordinal) ? value : null;
        }, "the fight is told");

        Assert.Contains("the-other-one", EngineFixture.Text(application, "conditions"));
        Assert.Contains(".data.key", EngineFixture.Text(application, "conditions"));
        Assert.DoesNotContain("\"other\"", EngineFixture.Text(application, "conditions"));
    }

    private static readonly string[] Manual = ["manual"];

    private static IEnumerable<JsonNode> Managers(KubernetesObject live) => live.Metadata["managedFields"]!.AsArray().OfType<JsonNode>();

    private Task<(string Name, string Namespace)> StartAsync(string[] options, params (string Path, string? Content)[] files) => StartAsync(options, _ => { }, files);

    private async Task<(string Name, string Namespace)> StartAsync(string[] options, Action<JsonObject> change, params (string Path, string? Content)[] files)
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        if (Directory.Exists(Path.Combine(_repository.Path, "app")))
        {
            _repository.Git("rm", "--quiet", "-r", "app");
        }

        _repository.Commit(files);
        var name = await engine.CreateAsync(_repository, "app", space, spec =>
        {
            if (ReferenceEquals(options, Manual))
            {
                spec["syncPolicy"] = new JsonObject();
            }
            else
            {
                spec["syncPolicy"]!["syncOptions"] = new JsonArray([.. options.Select(option => (JsonNode)option)]);
                spec["syncPolicy"]!["retry"] = new JsonObject { ["limit"] = 0 };
            }

            change(spec);
        });
        return (name, space);
    }

    /// <summary>Syncs by hand and waits for the end.</summary>
    private async Task SyncedAsync(string name, string sync = "")
    {
        await engine.PatchAsync(name, $$"""{"operation": {"sync": { {{sync}} } }, "status": {"operationState": null} }""");
        await engine.UntilAsync(name, value => value.Json["operation"] is null && EngineFixture.Text(value, "operationState", "phase") == "Succeeded", "the sync ends well");
    }

    private Task<KubernetesObject> WaitingForAsync(string name, string message) =>
        engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "message").StartsWith(message, StringComparison.Ordinal), message);

    private const string HasAddress = """{"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}""";

    private Task<KubernetesObject> SetStatusAsync(ApiResource resource, string space, string name, string status) =>
        engine.Client.PatchAsync(resource, space, name, PatchType.Merge, Encoding.UTF8.GetBytes($$"""{"status": {{status}} }"""), new PatchOptions { Subresource = "status" }, default);

    private static IEnumerable<string> Messages(KubernetesObject application) =>
        application.Json["status"]!["operationState"]!["syncResult"]!["resources"]!.AsArray().Select(result => (string)result!["message"]!);

    // Waits for a cloud that no test has: its health is what the test says. A Deployment's status belongs to a real cluster's own controllers.
    private static string Balanced(string name) => $$"""
        apiVersion: v1
        kind: Service
        metadata:
          name: {{name}}
        spec:
          type: LoadBalancer
          ports: [{port: 80}]

        """;

    // No controller of a bare cluster knows it: it is as healthy as the test says, and can become degraded.
    private static string Workflow(string name) => $"apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {{name: {name}}}\nspec: {{entrypoint: build}}\n";

    private const string WorkflowDefinition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: workflows.argoproj.io}
        spec:
          group: argoproj.io
          names: {kind: Workflow, plural: workflows, singular: workflow, listKind: WorkflowList}
          scope: Namespaced
          versions:
            - name: v1alpha1
              served: true
              storage: true
              subresources: {status: {}}
              schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        """;

    private static string Deployment(string name) => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: {{name}}
        spec:
          selector:
            matchLabels: {app: web}
          template:
            metadata:
              labels: {app: web}
            spec:
              containers:
                - {name: web, image: example.org/web}
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
            - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {x: {type: integer}}}}}}}
        """.Replace("GROUP", group, StringComparison.Ordinal);
}
