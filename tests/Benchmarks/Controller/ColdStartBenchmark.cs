using System.Diagnostics;
using SecretsOps.Benchmarks.Sealing;
using SecretsOps.Testing;

namespace SecretsOps.Benchmarks.Controller;

/// <summary>Issue 3, acceptance 4: 500 SealedSecrets at a cold start, and a restart with nothing changed.</summary>
internal static class ColdStartBenchmark
{
    private const int Objects = 500;
    private const int Items = 3;
    private const double UpstreamSeconds = 400; // real controller 0.36.6 on the two-core machine of the issue

    public static readonly Benchmark Benchmark = new(
        "controller-cold-start", "500 SealedSecrets of three RSA-4096 items: until all Secrets are there, and a restart with nothing changed", RunAsync);

    private static async Task RunAsync(BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var cluster = await TestCluster.StartAsync().ConfigureAwait(false);
        var fleet = await SealedFleet.CreateAsync(cluster).ConfigureAwait(false);
        var certificate = await fleet.AddKeyAsync(4096).ConfigureAwait(false);
        await fleet.SealAsync(Objects, Items, _ => certificate, cancellationToken).ConfigureAwait(false);

        var cold = Stopwatch.StartNew();
        await using (var controller = fleet.StartController())
        {
            await fleet.SecretsAsync(Objects).ConfigureAwait(false);
            var seconds = cold.Elapsed.TotalSeconds;
            report.Ratio("cold start until 500 Secrets are there", seconds, "upstream (recorded)", UpstreamSeconds, "s");
            report.Figure("CPU of the controller", controller.CpuSeconds, "s");
            var alone = Objects * Items / await UnsealBenchmark.OpenSslAsync(Environment.ProcessorCount, cancellationToken).ConfigureAwait(false);
            report.Ratio("cold start until 500 Secrets are there", seconds, "openssl speed for the private operations alone", alone, "s");
            report.Figure("private key operations", await controller.MetricAsync("private_key_operations_total").ConfigureAwait(false), "");
            await Eventually.TrueAsync(() => HasHandledAllAsync(controller, "unseal_requests_total"), "every status is written", TimeSpan.FromMinutes(5)).ConfigureAwait(false);
        }

        var warm = Stopwatch.StartNew();
        await using (var controller = fleet.StartController())
        {
            await controller.ReadyAsync().ConfigureAwait(false);
            report.Figure("restart until ready", warm.Elapsed.TotalSeconds, "s");
            await Eventually.TrueAsync(() => HasHandledAllAsync(controller, "unchanged_skipped_total"), "every object was looked at", TimeSpan.FromMinutes(5)).ConfigureAwait(false);
            report.Figure("restart until every object was looked at", warm.Elapsed.TotalSeconds, "s");
            report.Figure("private key operations after the restart", await controller.MetricAsync("private_key_operations_total").ConfigureAwait(false), "");
        }
    }

    private static async Task<bool> HasHandledAllAsync(ControllerProcess controller, string metric) =>
        await controller.MetricAsync(metric).ConfigureAwait(false) >= Objects;
}
