using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Benchmarks.GitOps;

/// <summary>Many Applications out of one repository: the first sync of all, a resync in which nothing changed, one commit to one folder.</summary>
internal static class FleetBenchmark
{
    public static Benchmark Of200 { get; } = new("gitops-200-applications", "200 Applications of four objects, one encrypted with SOPS (aim 10 s, 20 CPU s; Flux 110 s, 120 CPU s, 137 MiB)", (report, token) => RunAsync(200, report, token));

    public static Benchmark Of1000 { get; } = new("gitops-1000-applications", "1,000 such (aim 60 s, 300 MiB), a resync of all (aim 2 CPU s), a commit to one of 1,000 folders (aim 1 s)", (report, token) => RunAsync(1000, report, token));

    private static async Task RunAsync(int count, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var fleet = await Fleet.StartAsync().ConfigureAwait(false);
        for (var i = 0; i < count; i++)
        {
            await fleet.WriteTenantAsync(i).ConfigureAwait(false);
        }

        fleet.Commit();
        await using var engine = EngineProcess.Start(fleet.Cluster, fleet.ControlNamespace, fleet.CacheFolder);
        var idle = await engine.QuietAsync(cancellationToken).ConfigureAwait(false);
        var start = Stopwatch.GetTimestamp();
        await fleet.CreateApplicationsAsync(Enumerable.Range(0, count).Select(Fleet.Name), cancellationToken).ConfigureAwait(false);
        await fleet.SyncedAsync(count, cancellationToken).ConfigureAwait(false);
        report.Figure("created to all Synced", Stopwatch.GetElapsedTime(start).TotalSeconds, "s");
        var synced = await engine.QuietAsync(cancellationToken).ConfigureAwait(false);
        report.Figure("CPU of the engine", synced - idle, "s");
        report.Figure("peak memory of the engine", engine.PeakMebibytes, "MiB");

        report.Figure("CPU of a resync of all, nothing changed", await ResyncAsync(fleet, engine, cancellationToken).ConfigureAwait(false), "s");
        report.Figure("commit to one folder, refresh to applied", await ChangeOneAsync(fleet, count / 2, cancellationToken).ConfigureAwait(false), "s");
        report.Figure("resident memory at the end", engine.ResidentMebibytes, "MiB");
    }

    /// <summary>Touching the project makes the engine look at every Application of it again.</summary>
    private static async Task<double> ResyncAsync(Fleet fleet, EngineProcess engine, CancellationToken cancellationToken)
    {
        var before = await engine.QuietAsync(cancellationToken).ConfigureAwait(false);
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["touched"] = "yes" } } };
        await fleet.Cluster.Client.PatchAsync(ApiResource.AppProjects, fleet.ControlNamespace, "default", PatchType.Merge, Encoding.UTF8.GetBytes(patch.ToJsonString()), PatchOptions.Default, cancellationToken).ConfigureAwait(false);
        return await engine.QuietAsync(cancellationToken).ConfigureAwait(false) - before;
    }

    private static async Task<double> ChangeOneAsync(Fleet fleet, int number, CancellationToken cancellationToken)
    {
        var name = Fleet.Name(number);
        fleet.Write($"{name}/a.yaml", Fleet.ConfigMap($"{name}-a", 101));
        fleet.Commit();
        var start = Stopwatch.GetTimestamp();
        await fleet.Cluster.Client.PatchAsync(
            ApiResource.Applications, fleet.ControlNamespace, name, PatchType.Merge, """{"metadata":{"annotations":{"argocd.argoproj.io/refresh":"normal"}}}"""u8.ToArray(), PatchOptions.Default, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var live = await fleet.Cluster.Client.GetAsync(ApiResource.ConfigMaps, fleet.Namespace, $"{name}-a", cancellationToken).ConfigureAwait(false);
            if (((string?)live.Json["data"]!["text"])?.Length == 101)
            {
                return Stopwatch.GetElapsedTime(start).TotalSeconds;
            }

            await Task.Delay(2, cancellationToken).ConfigureAwait(false);
        }
    }
}
