using System.Globalization;
using System.Text;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Benchmarks.Sops;

/// <summary>The published sops as a whole process: decryption of files of four kinds beside aims and a peer's binary, and a thousand files in one run.</summary>
internal static class SopsBenchmark
{
    private const int Values = 10_000;
    private const int Files = 1000;
    private const string PeerVariable = "SECRETSOPS_BENCH_SOPS";

    public static Benchmark Benchmark { get; } = new(
        "sops-process",
        "decrypt as a whole process: small YAML, YAML and JSON of 10,000 values, 100 MiB; 1,000 files in one run; beside aims, openssl and the peer named by " + PeerVariable,
        RunAsync);

    private static string Ours { get; } = RepositoryRoot.Combine("dist", "sops");

    private static async Task RunAsync(BenchmarkReport report, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryDirectory();
        var recipient = await MakeKeyAsync(folder).ConfigureAwait(false);
        WriteInputs(folder);
        foreach (var name in Directory.GetFiles(folder.Path, "f-*"))
        {
            await ProcessMeasurement.OnceAsync(Ours, ["encrypt", "-i", "--age", recipient, name], cancellationToken).ConfigureAwait(false);
        }

        await MeasureAsync(report, folder.Combine("f-small.yaml"), "small YAML file", runs: 31, aim: 10, cancellationToken).ConfigureAwait(false);
        await MeasureAsync(report, folder.Combine("f-values.yaml"), "YAML, 10,000 short values", runs: 11, aim: 80, cancellationToken).ConfigureAwait(false);
        await MeasureAsync(report, folder.Combine("f-values.json"), "JSON, 10,000 short values", runs: 11, aim: 50, cancellationToken).ConfigureAwait(false);
        await MeasureAsync(report, folder.Combine("f-large.bin"), "100 MiB of bytes", runs: 3, aim: 1200, cancellationToken).ConfigureAwait(false);
        await ManyFilesAsync(report, folder, cancellationToken).ConfigureAwait(false);
        await OpenSslAsync(report).ConfigureAwait(false);
    }

    private static async Task<string> MakeKeyAsync(TemporaryDirectory folder)
    {
        var key = folder.Combine("key.txt");
        (await ExternalProgram.RunAsync(ExternalPrograms.AgeKeygen, ["-o", key]).ConfigureAwait(false)).ShouldSucceed();
        Environment.SetEnvironmentVariable("SOPS_AGE_KEY_FILE", key); // the measured processes inherit it
        return (await ExternalProgram.RunAsync(ExternalPrograms.AgeKeygen, ["-y", key]).ConfigureAwait(false)).ShouldSucceed().StandardOutput.Trim();
    }

    private static void WriteInputs(TemporaryDirectory folder)
    {
        var numbers = Enumerable.Range(0, Values).Select(number => number.ToString(CultureInfo.InvariantCulture)).ToList();
        folder.Write("f-small.yaml", "user: admin\npassword: correct-horse\nport: 5432\n");
        folder.Write("f-values.yaml", string.Concat(numbers.Select(number => $"key{number}: value {number}\n")));
        folder.Write("f-values.json", "{" + string.Join(",", numbers.Select(number => $"\"key{number}\":\"value {number}\"")) + "}");
        var bytes = new byte[100 << 20];
        for (var index = 0; index < bytes.Length; index++)
        {
            bytes[index] = unchecked((byte)(index * 31 + (index >> 8)));
        }

        File.WriteAllBytes(folder.Combine("f-large.bin"), bytes);
    }

    private static async Task MeasureAsync(BenchmarkReport report, string file, string what, int runs, double aim, CancellationToken cancellationToken)
    {
        string[] arguments = ["decrypt", file];
        var result = await ProcessMeasurement.RunAsync(Ours, arguments, [], runs, cancellationToken).ConfigureAwait(false);
        report.Ratio($"{what}, median", result.Median.TotalMilliseconds, "aim", aim, "ms");
        report.Figure($"{what}, peak resident memory", await ProcessMeasurement.PeakBytesAsync(Ours, arguments, [], cancellationToken).ConfigureAwait(false) / 1048576.0, "MiB");
        if (Environment.GetEnvironmentVariable(PeerVariable) is not { Length: > 0 } peer)
        {
            report.Note($"no peer: {PeerVariable} names none");
            return;
        }

        var (ours, theirs) = await ProcessMeasurement.PairAsync((Ours, arguments), (peer, arguments), [], Math.Min(runs, 11), cancellationToken).ConfigureAwait(false);
        report.Ratio($"{what}, median", ours.Median.TotalMilliseconds, Path.GetFileName(peer), theirs.Median.TotalMilliseconds, "ms");
    }

    /// <summary>Files with the same wrapped key, as copies of one file have: it is unwrapped once.</summary>
    private static async Task ManyFilesAsync(BenchmarkReport report, TemporaryDirectory folder, CancellationToken cancellationToken)
    {
        var text = await File.ReadAllTextAsync(folder.Combine("f-small.yaml"), Encoding.UTF8, cancellationToken).ConfigureAwait(false);
        for (var number = 0; number < Files; number++)
        {
            folder.Write($"many/{number.ToString(CultureInfo.InvariantCulture)}.yaml", text);
        }

        var time = await ProcessMeasurement.OnceAsync(RepositoryRoot.Combine("dist", "secretsops"), ["decrypt", "-i", folder.Combine("many", "*.yaml")], cancellationToken).ConfigureAwait(false);
        report.Ratio("1,000 small files decrypted in place in one run", time.TotalMilliseconds, "aim", 2000, "ms");
    }

    private static async Task OpenSslAsync(BenchmarkReport report)
    {
        var speed = (await ExternalProgram.RunAsync(ExternalPrograms.OpenSsl, ["speed", "-seconds", "1", "-bytes", "16384", "-evp", "aes-256-gcm"]).ConfigureAwait(false)).ShouldSucceed();
        var figure = speed.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1].TrimEnd('k');
        var mebibytesPerSecond = double.Parse(figure, CultureInfo.InvariantCulture) * 1000 / 1048576;
        report.Figure("openssl speed -evp aes-256-gcm, 16 KiB blocks", mebibytesPerSecond, "MiB/s");
        report.Figure("so 100 MiB of AES-256-GCM alone take", 100 / mebibytesPerSecond * 1000, "ms");
    }
}
