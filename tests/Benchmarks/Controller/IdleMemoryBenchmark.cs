using SecretsOps.Testing;

namespace SecretsOps.Benchmarks.Controller;

/// <summary>Issue 3, acceptance 4: memory with 10,000 idle SealedSecrets.</summary>
internal static class IdleMemoryBenchmark
{
    private const int Objects = 10_000;
    private const double LimitMebibytes = 120;

    public static readonly Benchmark Benchmark = new(
        "controller-idle-memory", "resident memory with 10,000 SealedSecrets and their Secrets, idle", RunAsync);

    private static async Task RunAsync(BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var cluster = await TestCluster.StartAsync().ConfigureAwait(false);
        var fleet = await SealedFleet.CreateAsync(cluster).ConfigureAwait(false);
        var certificate = await fleet.AddKeyAsync(2048).ConfigureAwait(false);
        await fleet.SealAsync(Objects, 1, _ => certificate, cancellationToken).ConfigureAwait(false);
        await using (fleet.StartController())
        {
            await fleet.SecretsAsync(Objects).ConfigureAwait(false);
        }

        await using var idle = fleet.StartController();
        await idle.ReadyAsync().ConfigureAwait(false);
        await Eventually.TrueAsync(
            async () => await idle.MetricAsync("unchanged_skipped_total").ConfigureAwait(false) + await idle.MetricAsync("unseal_requests_total").ConfigureAwait(false) >= Objects,
            "every object was looked at",
            TimeSpan.FromMinutes(10)).ConfigureAwait(false);
        await idle.QuietAsync(cancellationToken).ConfigureAwait(false);
        report.Ratio("resident memory, idle", idle.ResidentMebibytes, "limit", LimitMebibytes, "MiB");
        report.Figure("peak resident memory", idle.PeakMebibytes, "MiB");
    }
}
