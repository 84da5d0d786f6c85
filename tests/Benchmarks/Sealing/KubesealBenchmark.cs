using System.Text;
using SecretsOps.Testing;

namespace SecretsOps.Benchmarks.Sealing;

/// <summary>The published kubeseal as a whole process, sealing one Secret, beside /usr/bin/true and beside a peer's binary.</summary>
internal static class KubesealBenchmark
{
    private const int Runs = 41;
    private const string PeerVariable = "SECRETSOPS_BENCH_KUBESEAL";

    private static readonly byte[] Secret = Encoding.UTF8.GetBytes("apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: shop\ndata:\n  password: aHVudGVyMg==\n  user: YWRtaW4=\n");

    public static Benchmark Benchmark { get; } = new(
        "kubeseal-process",
        "one Secret sealed offline as a whole process (aim under 10 ms), beside /usr/bin/true and the peer named by " + PeerVariable,
        RunAsync);

    private static async Task RunAsync(BenchmarkReport report, CancellationToken cancellationToken)
    {
        var ours = RepositoryRoot.Combine("dist", "kubeseal");
        var certificate = RepositoryRoot.Combine("tests", "Compatibility.Tests", "Data", "sealed-secrets", "keys", "new.crt");
        string[] arguments = ["--cert", certificate, "-o", "yaml"];
        var (sealing, floor) = await ProcessMeasurement.PairAsync((ours, arguments), ("/usr/bin/true", []), Secret, Runs, cancellationToken).ConfigureAwait(false);
        report.Ratio("kubeseal --cert, one Secret, median", sealing.Median.TotalMilliseconds, "/usr/bin/true", floor.Median.TotalMilliseconds, "ms");
        report.Ratio("kubeseal --cert, one Secret, fastest", sealing.Fastest.TotalMilliseconds, "/usr/bin/true", floor.Fastest.TotalMilliseconds, "ms");
        report.Figure("peak resident memory", await ProcessMeasurement.PeakBytesAsync(ours, arguments, Secret, cancellationToken).ConfigureAwait(false) / 1048576.0, "MiB");

        if (Environment.GetEnvironmentVariable(PeerVariable) is not { Length: > 0 } peer)
        {
            report.Note($"no peer: {PeerVariable} names none");
            return;
        }

        var (again, theirs) = await ProcessMeasurement.PairAsync((ours, arguments), (peer, arguments), Secret, Runs, cancellationToken).ConfigureAwait(false);
        report.Ratio("kubeseal --cert, one Secret, median", again.Median.TotalMilliseconds, Path.GetFileName(peer), theirs.Median.TotalMilliseconds, "ms");
    }
}
