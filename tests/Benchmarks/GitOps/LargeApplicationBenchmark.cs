using System.Diagnostics;
using System.Globalization;
using System.Text;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Benchmarks.GitOps;

/// <summary>One Application of a thousand ConfigMaps, beside the least that anybody can do: applying them in parallel and nothing else.</summary>
internal static class LargeApplicationBenchmark
{
    private const int Objects = 1000;
    private const int Size = 1024;

    public static Benchmark Benchmark { get; } = new("gitops-1000-objects", "1,000 ConfigMaps of 1 KiB in one Application (aim 5 s; Flux 13.6 s, gitops-engine 133 s), beside raw parallel server-side apply", RunAsync);

    private static async Task RunAsync(BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var fleet = await Fleet.StartAsync().ConfigureAwait(false);
        for (var i = 0; i < Objects; i++)
        {
            fleet.Write(string.Create(CultureInfo.InvariantCulture, $"large/{i}.yaml"), Fleet.ConfigMap(string.Create(CultureInfo.InvariantCulture, $"map-{i}"), Size));
        }

        fleet.Commit();
        var raw = await ApplyRawAsync(fleet, cancellationToken).ConfigureAwait(false);
        await using var engine = EngineProcess.Start(fleet.Cluster, fleet.ControlNamespace, fleet.CacheFolder);
        var idle = await engine.QuietAsync(cancellationToken).ConfigureAwait(false);
        var start = Stopwatch.GetTimestamp();
        await fleet.CreateApplicationsAsync(["large"], cancellationToken).ConfigureAwait(false);
        await fleet.SyncedAsync(1, cancellationToken).ConfigureAwait(false);
        report.Ratio("created to Synced", Stopwatch.GetElapsedTime(start).TotalSeconds, "raw parallel apply", raw, "s");
        report.Figure("CPU of the engine", engine.CpuSeconds - idle, "s");
        report.Figure("peak memory of the engine", engine.PeakMebibytes, "MiB");
    }

    private static async Task<double> ApplyRawAsync(Fleet fleet, CancellationToken cancellationToken)
    {
        var space = await fleet.Cluster.CreateNamespaceAsync("raw").ConfigureAwait(false);
        List<KubernetesObject> maps = [.. Enumerable.Range(0, Objects).Select(i =>
            ManifestReader.Read(Encoding.UTF8.GetBytes(Fleet.ConfigMap(string.Create(CultureInfo.InvariantCulture, $"map-{i}"), Size)), "bench")[0])];
        maps.ForEach(map => map.Namespace = space);
        var start = Stopwatch.GetTimestamp();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(maps, options, async (map, token) =>
            await fleet.Cluster.Client.ApplyAsync(ApiResource.ConfigMaps, map, new ApplyOptions { FieldManager = "raw", Force = true }, token).ConfigureAwait(false)).ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
