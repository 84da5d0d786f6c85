using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Cli.Tests.Applications;

public sealed class AppCommandTests(RunningEngine engine) : IClassFixture<RunningEngine>
{
    [Fact]
    public async Task Y01_sync_is_followed_to_its_end_and_shows_each_object()
    {
        engine.Commit(("sync/a.yaml", ConfigMap("a", "one")), ("sync/b.yaml", ConfigMap("b", "one")));
        var (name, space) = await engine.CreateAsync("sync");

        var run = await engine.AppAsync("sync", name, "--timeout", "60");

        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.Contains($"ConfigMap {space}/a  Synced  configmap/a created", run.Output);
        Assert.EndsWith($"{engine.ControlNamespace}/{name}: Succeeded: successfully synced (all tasks run)\n", run.Output);
        Assert.DoesNotContain("\u001b[", run.Output);
        var application = await engine.Cluster.Client.GetAsync(ApiResource.Applications, engine.ControlNamespace, name, default);
        Assert.Equal("ada", (string?)application.Json["status"]!["operationState"]!["operation"]!["initiatedBy"]!["username"]);
    }

    [Fact]
    public async Task List_get_resources_and_wait_tell_the_state()
    {
        engine.Commit(("state/a.yaml", ConfigMap("a", "one")));
        var (name, space) = await engine.CreateAsync("state", isAutomated: true);

        var wait = await engine.AppAsync("wait", name, "--timeout", "60");
        var list = await engine.AppAsync("list");
        var names = await engine.AppAsync("list", "-o", "name");
        var get = await engine.AppAsync("get", name, "--refresh");
        var resources = await engine.AppAsync("resources", name);

        Assert.Equal(("", 0), (wait.Error, wait.ExitCode));
        Assert.EndsWith("sync Synced, health Healthy\n", wait.Output);
        Assert.Matches($@"{name}\s+https://kubernetes.default.svc\s+{space}\s+default\s+Synced\s+Healthy\s+Auto\s+[0-9a-f]{{7}}\s+<none>", list.Output);
        Assert.Contains($"{engine.ControlNamespace}/{name}\n", names.Output);
        Assert.Contains("Sync Status:        Synced", get.Output);
        Assert.Matches($@"ConfigMap\s+{space}\s+a\s+Synced", resources.Output);
    }

    [Fact]
    public async Task D05_diff_and_plan_mask_values_and_tell_by_their_exit_code()
    {
        engine.Commit(("diff/a.yaml", ConfigMap("a", "one")), ("diff/s.yaml", Secret("canary-old-1")), ("diff/gone.yaml", ConfigMap("gone", "x")));
        var (name, _) = await engine.CreateAsync("diff");
        var before = await engine.AppAsync("diff", name);
        await engine.AppAsync("sync", name, "--timeout", "60");
        var same = await engine.AppAsync("diff", name);
        engine.Commit(("diff/a.yaml", ConfigMap("a", "two")), ("diff/s.yaml", Secret("canary-new-2")), ("diff/gone.yaml", null));

        var diff = await engine.AppAsync("diff", name);
        var plan = await engine.RunAsync("plan", name, "-o", "json", "--app-namespace", engine.ControlNamespace);
        var local = await engine.AppAsync("diff", name, "--local", ".");

        Assert.Equal((3, ""), (before.ExitCode, before.Error));
        Assert.Contains("3 to create", before.Output);
        Assert.Equal((0, ""), (same.ExitCode, same.Error));
        Assert.Equal(3, diff.ExitCode);
        Assert.Contains("-  key: one\n+  key: two\n", diff.Output);
        Assert.Contains("-  password: ++++++++++++\n+  password: ++++++++\n", Normal(diff.Output));
        Assert.Contains("=== delete ConfigMap/", diff.Output);
        Assert.Equal(diff.Output, local.Output);
        Assert.Equal(["change", "change", "delete"], JsonNode.Parse(plan.Output)!["changes"]!.AsArray().Select(change => (string?)change!["action"]).Order());
        Assert.All([before, same, diff, plan, local], run => Assert.DoesNotContain("canary", run.Output));
    }

    [Fact]
    public async Task Y44_history_lists_deployments_and_rollback_returns_to_one()
    {
        var first = engine.Commit(("back/a.yaml", ConfigMap("a", "one")));
        var (name, space) = await engine.CreateAsync("back");
        await engine.AppAsync("sync", name, "--timeout", "60");
        engine.Commit(("back/a.yaml", ConfigMap("a", "two")));
        await engine.AppAsync("get", name, "--refresh");
        await engine.AppAsync("sync", name, "--timeout", "60");

        var history = await engine.AppAsync("history", name);
        var rollback = await engine.AppAsync("rollback", name, "0", "--timeout", "60");
        var unknown = await engine.AppAsync("rollback", name, "77");

        Assert.Equal(3, history.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains(first, history.Output);
        Assert.Equal(("", 0), (rollback.Error, rollback.ExitCode));
        Assert.Equal("one", (string?)(await engine.Cluster.Client.GetAsync(ApiResource.ConfigMaps, space, "a", default)).Json["data"]!["key"]);
        Assert.Contains("has no deployment 77", unknown.Error);
    }

    [Fact]
    public async Task Rollback_is_refused_where_automated_sync_would_undo_it()
    {
        engine.Commit(("auto/a.yaml", ConfigMap("a", "one")));
        var (name, _) = await engine.CreateAsync("auto", isAutomated: true);
        await engine.AppAsync("wait", name, "--timeout", "60");

        var run = await engine.AppAsync("rollback", name);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("rollback cannot be performed when automated sync is on", run.Error);
    }

    [Fact]
    public async Task Y43_Y02_terminate_ends_a_running_operation_and_a_second_sync_waits_its_turn()
    {
        engine.Commit(("stop/a.yaml", ConfigMap("a", "one")), ("stop/job.yaml", Job()));
        var (name, _) = await engine.CreateAsync("stop");
        await engine.AppAsync("sync", name, "--async");
        var running = await engine.AppAsync("get", name);
        for (var i = 0; i < 500 && !running.Output.Contains("waiting for completion of hook", StringComparison.Ordinal); i++)
        {
            running = await engine.AppAsync("get", name);
        }

        var second = await engine.AppAsync("sync", name);
        var terminate = await engine.AppAsync("terminate", name);
        var wait = await engine.AppAsync("wait", name, "--operation", "--timeout", "60");
        var idle = await engine.AppAsync("terminate", name);
        var after = await engine.AppAsync("get", name);

        Assert.Contains("another operation is already in progress", second.Error);
        Assert.Equal(("", 0), (terminate.Error, terminate.ExitCode));
        Assert.Equal(0, wait.ExitCode);
        Assert.Contains("Failed: Operation terminated", after.Output);
        Assert.Contains("no operation is under way", idle.Error);
    }

    [Fact]
    public async Task A_failed_sync_fails_the_command_and_says_why()
    {
        engine.Commit(("bad/a.yaml", ConfigMap("a", "one")), ("bad/b.yaml", "apiVersion: nothing.example.org/v1\nkind: Unknown\nmetadata: {name: b}\n"));
        var (name, _) = await engine.CreateAsync("bad");

        var run = await engine.AppAsync("sync", name, "--timeout", "60");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("one or more synchronization tasks are not valid", run.Output);
    }

    [Fact]
    public async Task L01_delete_takes_the_objects_along_or_leaves_them()
    {
        engine.Commit(("del/a.yaml", ConfigMap("a", "one")));
        var (cascading, first) = await engine.CreateAsync("del", isAutomated: true);
        var (plain, second) = await engine.CreateAsync("del", isAutomated: true);
        await engine.AppAsync("wait", cascading, plain, "--timeout", "60");

        var unsure = await engine.AppAsync("delete", cascading);
        var deleted = await engine.AppAsync("delete", cascading, "--yes", "--wait", "--timeout", "60");
        var left = await engine.AppAsync("delete", plain, "--yes", "--wait", "--cascade", "none", "--timeout", "60");

        Assert.Equal(2, unsure.ExitCode);
        Assert.Equal((0, 0), (deleted.ExitCode, left.ExitCode));
        Assert.Null(await engine.Cluster.Client.TryGetAsync(ApiResource.ConfigMaps, first, "a", default));
        Assert.NotNull(await engine.Cluster.Client.TryGetAsync(ApiResource.ConfigMaps, second, "a", default));
    }

    [Fact]
    public async Task Manifests_are_printed_from_git_and_from_the_cluster_with_values_masked()
    {
        engine.Commit(("man/s.yaml", Secret("canary-9")));
        var (name, _) = await engine.CreateAsync("man");
        await engine.AppAsync("sync", name, "--timeout", "60");

        var git = await engine.AppAsync("manifests", name);
        var live = await engine.AppAsync("manifests", name, "--source", "live");

        Assert.All([git, live], run => Assert.Contains("password: ++++++++\n", run.Output));
        Assert.All([git, live], run => Assert.DoesNotContain("canary", run.Output));
    }

    // Which of two values comes first, the live or the wanted one, decides the lengths; the test asks only that they differ.
    private static string Normal(string output) => output.Contains("-  password: ++++++++\n+  password: ++++++++++++\n", StringComparison.Ordinal)
        ? output.Replace("-  password: ++++++++\n+  password: ++++++++++++\n", "-  password: ++++++++++++\n+  password: ++++++++\n", StringComparison.Ordinal)
        : output;

    private static string ConfigMap(string name, string value) => $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  key: {value}\n";

    private static string Secret(string password) => $"apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  password: {password}\n";

    private static string Job() => """
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: before
          annotations:
            argocd.argoproj.io/hook: PreSync
        spec:
          template:
            spec:
              restartPolicy: Never
              containers:
                - {name: main, image: example.org/job}
        """;
}
