using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.Faults;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>Hooks against a cluster in which nothing runs: the tests decide when a Job ends, and how.</summary>
public sealed class HookTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private const string Hook = "argocd.argoproj.io/hook";
    private const string Policy = "argocd.argoproj.io/hook-delete-policy";
    private static readonly ApiResource Jobs = new("batch", "v1", "Job", "jobs", true);

    private readonly TestRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task Y11_PreSync_goes_before_and_PostSync_after_the_objects_each_waiting_for_the_one_before()
    {
        var (name, space) = await StartAsync(("app/before.yaml", Job("before", (Hook, "PreSync"))), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/after.yaml", Job("after", (Hook, "PostSync"))));
        await WaitingForAsync(name, "waiting for completion of hook batch/Job/before");
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));

        await EndAsync(space, "before");
        await WaitingForAsync(name, "waiting for completion of hook batch/Job/after");
        Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
        await EndAsync(space, "after");

        var application = await engine.UntilSyncedAsync(name);
        Assert.Equal("successfully synced (no more tasks)", EngineFixture.Text(application, "operationState", "message"));
        Assert.Equal(["Succeeded", "Succeeded"], Results(application).Where(result => result["hookType"] is not null).Select(result => (string?)result["hookPhase"]));
    }

    [Fact]
    public async Task Y12_SyncFail_runs_after_a_failure_and_only_then()
    {
        var (name, space) = await StartAsync(("app/before.yaml", Job("before", (Hook, "PreSync"))), ("app/fail.yaml", Job("fail", (Hook, "SyncFail"))), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await WaitingForAsync(name, "waiting for completion of hook batch/Job/before");
        Assert.Null(await engine.Client.TryGetAsync(Jobs, space, "fail", default));

        await EndAsync(space, "before", "Failed");
        await WaitingForAsync(name, "waiting for completion of hook batch/Job/fail");
        await EndAsync(space, "fail");

        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "phase") == "Failed", "the sync fails");
        Assert.Contains("one or more synchronization tasks completed unsuccessfully", EngineFixture.Text(application, "operationState", "message"));
        Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default));
    }

    [Fact]
    public async Task Y14_a_hook_of_two_phases_runs_in_both()
    {
        var (name, space) = await StartAsync(("app/both.yaml", Job("both", (Hook, "PreSync,PostSync"))), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await WaitingForAsync(name, "waiting for completion of hook batch/Job/both");
        var first = (await engine.Client.GetAsync(Jobs, space, "both", default)).Uid;

        await EndAsync(space, "both");
        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(Jobs, space, "both", default) is { } job && job.Uid != first, "the Job of the second phase is another one");
        await EndAsync(space, "both");

        var application = await engine.UntilSyncedAsync(name);
        Assert.Equal(["PostSync", "PreSync"], Results(application).Select(result => (string?)result["hookType"]).OfType<string>().Order());
    }

    [Fact]
    public async Task Y15_the_next_sync_replaces_the_Job_of_the_last_and_Y19_a_missing_one_is_no_drift()
    {
        var (name, space) = await StartAsync(("app/job.yaml", Job("job", (Hook, "Sync"))));
        await WaitingForAsync(name, "waiting for completion of hook batch/Job/job");
        var first = (await engine.Client.GetAsync(Jobs, space, "job", default)).Uid;
        await EndAsync(space, "job");
        await engine.UntilSyncedAsync(name);

        await engine.SyncAsync(name);
        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(Jobs, space, "job", default) is { } job && job.Uid != first, "the Job is another one");
        await EndAsync(space, "job");
        await engine.UntilAsync(name, value => value.Json["operation"] is null && EngineFixture.Text(value, "operationState", "phase") == "Succeeded", "the second sync ends");
        await engine.Client.DeleteAsync(Jobs, space, "job", new DeleteOptions { PropagationPolicy = PropagationPolicy.Background }, default);
        await engine.RefreshAsync(name);

        Assert.Equal("Synced", EngineFixture.Text(await engine.GetAsync(name), "sync", "status"));
        Assert.Null(await engine.Client.TryGetAsync(Jobs, space, "job", default));
    }

    [Fact]
    public async Task Y16_a_hook_goes_at_the_end_if_its_policy_fits_the_result()
    {
        var (name, space) = await StartAsync(
            ("app/gone.yaml", Job("gone", (Hook, "PreSync"), (Policy, "HookSucceeded"))),
            ("app/kept.yaml", Job("kept", (Hook, "PreSync"), (Policy, "HookFailed"))),
            ("app/last.yaml", Job("last", (Hook, "PostSync"))));
        await WaitingForAsync(name, "waiting for completion of hook");
        await EndAsync(space, "gone");
        await EndAsync(space, "kept");
        await WaitingForAsync(name, "waiting for completion of hook batch/Job/last");
        Assert.NotNull(await engine.Client.TryGetAsync(Jobs, space, "gone", default));

        await EndAsync(space, "last");
        await engine.UntilSyncedAsync(name);

        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(Jobs, space, "gone", default) is null, "the hook is deleted");
        Assert.NotNull(await engine.Client.TryGetAsync(Jobs, space, "kept", default));
    }

    [Fact]
    public async Task Y17_generateName_becomes_a_name_of_revision_phase_and_time()
    {
        var (name, space) = await StartAsync(("app/job.yaml", Job("x", (Hook, "PreSync")).Replace("name: x\n", "generateName: run-\n", StringComparison.Ordinal)));
        await WaitingForAsync(name, "waiting for completion of hook batch/Job/run-");

        var job = (await engine.Client.ListAsync(Jobs, space, ListOptions.All, default)).Items.Single();
        Assert.Matches($"^run-{_repository.Head()[..7]}-presync-[0-9]+$", job.Name);
        await EndAsync(space, job.Name);

        await engine.UntilSyncedAsync(name);
    }

    [Fact]
    public async Task Y18_a_Job_that_deletes_itself_when_done_still_counts_and_leaves_no_finalizer()
    {
        var (name, space) = await StartAsync(("app/job.yaml", Job("quick", (Hook, "PreSync")).Replace("spec:\n  template", "spec:\n  ttlSecondsAfterFinished: 0\n  template", StringComparison.Ordinal)), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await WaitingForAsync(name, "waiting for completion of hook batch/Job/quick");

        await EndAsync(space, "quick");
        await engine.Client.TryDeleteAsync(Jobs, space, "quick", new DeleteOptions { PropagationPolicy = PropagationPolicy.Background }, default);

        await engine.UntilSyncedAsync(name);
        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(Jobs, space, "quick", default) is null, "the Job goes");
    }

    [Fact]
    public async Task Q04_a_restarted_engine_goes_on_and_runs_no_hook_again()
    {
        var (name, space) = await StartAsync(("app/before.yaml", Job("before", (Hook, "PreSync"), (Policy, "HookSucceeded"))), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await WaitingForAsync(name, "waiting for completion of hook batch/Job/before");
        var uid = (await engine.Client.GetAsync(Jobs, space, "before", default)).Uid;

        await engine.StopAsync();
        await EndAsync(space, "before");
        engine.Start();

        var application = await engine.UntilSyncedAsync(name);
        Assert.Equal("Succeeded", EngineFixture.Text(application, "operationState", "phase"));
        Assert.Null(await engine.Client.TryGetAsync(Jobs, space, "before", default));
        Assert.Single(application.Json["status"]!["history"]!.AsArray());
        Assert.NotEqual("", uid);
    }

    [Fact]
    public async Task Y43_terminate_deletes_the_running_hook()
    {
        var (name, space) = await StartAsync(("app/before.yaml", Job("before", (Hook, "PreSync"))), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await WaitingForAsync(name, "waiting for completion of hook batch/Job/before");

        await engine.PatchAsync(name, """{"status": {"operationState": {"phase": "Terminating"}}}""");

        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "phase") == "Failed", "the operation ends");
        Assert.Equal("Operation terminated", EngineFixture.Text(application, "operationState", "message"));
        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(Jobs, space, "before", default) is null, "the hook is deleted");
    }

    [Fact]
    public async Task L06_deletion_runs_PreDelete_hooks_then_deletes_then_runs_PostDelete_hooks()
    {
        var (name, space) = await StartAsync(("app/a.yaml", EngineFixture.ConfigMap("a", "1")), ("app/pre.yaml", Job("pre", (Hook, "PreDelete"))), ("app/post.yaml", Job("post", (Hook, "PostDelete"))));
        await engine.UntilAsync(name, value => value.Metadata["finalizers"]?.AsArray().Count == 2, "both finalizers are there");
        await engine.UntilSyncedAsync(name);
        await engine.PatchAsync(name, """{"metadata": {"finalizers": ["resources-finalizer.argocd.argoproj.io", "pre-delete-finalizer.argocd.argoproj.io", "post-delete-finalizer.argocd.argoproj.io"]}}""");

        await engine.Client.DeleteAsync(ApiResource.Applications, engine.ControlNamespace, name, DeleteOptions.Default, default);
        await EndAsync(space, "pre", before: async () => Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default)));
        await EndAsync(space, "post", before: async () => Assert.Null(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "a", default)));

        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(ApiResource.Applications, engine.ControlNamespace, name, default) is null, "the Application is gone");
        await Eventually.TrueAsync(async () => (await engine.Client.ListAsync(Jobs, space, ListOptions.All, default)).Items.Count == 0, "its hooks too");
    }

    [Fact]
    public async Task Self_heal_repairs_a_hook_that_stays_and_runs_no_Job_for_it()
    {
        var (name, space) = await StartAsync(("app/config.yaml", EngineFixture.ConfigMap("config", "1", (Hook, "PreSync"))), ("app/job.yaml", Job("job", (Hook, "PreSync"), (Policy, "HookSucceeded"))), ("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await EndAsync(space, "job");
        await engine.UntilSyncedAsync(name);
        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(Jobs, space, "job", default) is null, "the Job is deleted");

        await engine.Client.DeleteAsync(ApiResource.ConfigMaps, space, "config", DeleteOptions.Default, default);

        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, "config", default) is not null, "the hook's ConfigMap is back");
        Assert.Null(await engine.Client.TryGetAsync(Jobs, space, "job", default));
    }

    private async Task<(string Name, string Namespace)> StartAsync(params (string Path, string? Content)[] files)
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(files);
        return (await engine.CreateAsync(_repository, "app", space, spec => spec["syncPolicy"]!["retry"] = new JsonObject { ["limit"] = 0 }), space);
    }

    private Task<KubernetesObject> WaitingForAsync(string name, string message) =>
        engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "message").StartsWith(message, StringComparison.Ordinal), message);

    /// <summary>Lets a Job end as soon as it is there.</summary>
    private async Task EndAsync(string space, string name, string condition = "Complete", Func<Task>? before = null)
    {
        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(Jobs, space, name, default) is { IsBeingDeleted: false }, $"Job {name} is there");
        await (before?.Invoke() ?? Task.CompletedTask);
        await JobLedger.EndAsync(engine.Client, space, name, condition);
    }

    private static IEnumerable<JsonObject> Results(KubernetesObject application) => application.Json["status"]!["operationState"]!["syncResult"]!["resources"]!.AsArray().OfType<JsonObject>();

    private static string Job(string name, params (string Name, string Value)[] annotations) =>
        $"apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {name}\n{EngineFixture.Annotations(annotations)}spec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n        - {{name: main, image: example.org/job}}\n";
}
