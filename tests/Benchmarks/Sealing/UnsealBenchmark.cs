using System.Diagnostics;
using System.Globalization;
using SecretsOps.Cryptography.Hybrid;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Benchmarks.Sealing;

/// <summary>Values opened per second under RSA-4096 beside the private operations per second that OpenSSL itself reaches.</summary>
internal static class UnsealBenchmark
{
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(2);
    private const int Rounds = 3;

    public static Benchmark Benchmark { get; } = new(
        "unseal-rsa4096",
        "values opened per second, beside openssl speed rsa4096 in the same run, on one thread and on two (aim 0.9)",
        RunAsync);

    private static async Task RunAsync(BenchmarkReport report, CancellationToken cancellationToken)
    {
        var keys = RepositoryRoot.Combine("tests", "Compatibility.Tests", "Data", "sealed-secrets", "keys", "new.key");
        using var key = SealingPrivateKey.FromPem(await File.ReadAllBytesAsync(keys, cancellationToken).ConfigureAwait(false));
        var envelope = HybridCipher.Seal(key.PublicKey, "a password of usual length"u8, "shop/db"u8);
        CountOperations(key, envelope, TimeSpan.FromMilliseconds(200));
        foreach (var threads in new[] { 1, 2 })
        {
            await CompareAsync(report, key, envelope, threads, cancellationToken).ConfigureAwait(false);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        const int Sample = 20;
        for (var i = 0; i < Sample; i++)
        {
            Open(key, envelope);
        }

        report.Figure("allocated per opened value", (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Sample, "bytes");
    }

    // In turns, so that a drift of the machine's speed hits both alike; the best round of each counts.
    private static async Task CompareAsync(BenchmarkReport report, SealingPrivateKey key, byte[] envelope, int threads, CancellationToken cancellationToken)
    {
        var (ours, theirs) = (0.0, 0.0);
        for (var round = 0; round < Rounds; round++)
        {
            ours = Math.Max(ours, await CountParallelAsync(key, envelope, threads).ConfigureAwait(false));
            theirs = Math.Max(theirs, await OpenSslAsync(threads, cancellationToken).ConfigureAwait(false));
        }

        report.Ratio($"unseal RSA-4096, {threads} thread{(threads == 1 ? "" : "s")}", ours, "openssl speed", theirs, "op/s");
    }

    private static async Task<double> CountParallelAsync(SealingPrivateKey key, byte[] envelope, int threads)
    {
        var counts = await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(() => CountOperations(key, envelope, Slice)))).ConfigureAwait(false);
        return counts.Sum();
    }

    private static double CountOperations(SealingPrivateKey key, byte[] envelope, TimeSpan duration)
    {
        var watch = Stopwatch.StartNew();
        var count = 0;
        while (watch.Elapsed < duration)
        {
            Open(key, envelope);
            count++;
        }

        return count / watch.Elapsed.TotalSeconds;
    }

    private static void Open(SealingPrivateKey key, byte[] envelope)
    {
        if (!HybridCipher.TryUnseal(key, envelope, "shop/db"u8, out var plaintext))
        {
            throw new InvalidOperationException("The value did not open.");
        }

        plaintext.Dispose();
    }

    // The machine-readable line is +F2:<index>:<bits>:<seconds per private op>:<seconds per public op>, summed over processes.
    internal static async Task<double> OpenSslAsync(int threads, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string[] multi = threads == 1 ? [] : ["-multi", threads.ToString(CultureInfo.InvariantCulture)];
        var run = await ExternalProgram.RunAsync(ExternalPrograms.OpenSsl, ["speed", "-mr", "-elapsed", "-seconds", "2", .. multi, "rsa4096"]).ConfigureAwait(false);
        var line = run.ShouldSucceed().StandardOutput.Split('\n').Last(text => text.StartsWith("+F2:", StringComparison.Ordinal));
        var rate = double.Parse(line.Split(':')[3], CultureInfo.InvariantCulture);
        return rate < 1 ? 1 / rate : rate;
    }
}
