using System.Diagnostics;
using System.Globalization;

namespace SecretsOps.Benchmarks;

/// <summary>Measures a command as a whole process: median wall time over several starts, and peak resident memory.</summary>
internal static class ProcessMeasurement
{
    /// <summary>One measured command: median and fastest wall time.</summary>
    internal sealed record Result(TimeSpan Median, TimeSpan Fastest);

    /// <summary>Starts <paramref name="program"/> once to warm the page cache, then <paramref name="runs"/> times.</summary>
    /// <exception cref="InvalidOperationException">The command did not exit with 0.</exception>
    public static async Task<Result> RunAsync(
        string program, IReadOnlyList<string> arguments, byte[] standardInput, int runs, CancellationToken cancellationToken)
    {
        await StartAsync(program, arguments, standardInput, cancellationToken).ConfigureAwait(false);
        var times = new List<TimeSpan>();
        for (var run = 0; run < runs; run++)
        {
            times.Add(await StartAsync(program, arguments, standardInput, cancellationToken).ConfigureAwait(false));
        }

        times.Sort();
        return new(times[times.Count / 2], times[0]);
    }

    /// <summary>Starts two commands in turn (A B A B …), so that a drift of the machine's speed hits both alike.</summary>
    public static async Task<(Result A, Result B)> PairAsync(
        (string Program, IReadOnlyList<string> Arguments) a,
        (string Program, IReadOnlyList<string> Arguments) b,
        byte[] standardInput,
        int runs,
        CancellationToken cancellationToken)
    {
        List<TimeSpan> timesA = [], timesB = [];
        for (var run = -1; run < runs; run++)
        {
            var first = await StartAsync(a.Program, a.Arguments, standardInput, cancellationToken).ConfigureAwait(false);
            var second = await StartAsync(b.Program, b.Arguments, standardInput, cancellationToken).ConfigureAwait(false);
            if (run < 0)
            {
                continue; // the first pair only warms the page cache
            }

            timesA.Add(first);
            timesB.Add(second);
        }

        timesA.Sort();
        timesB.Sort();
        return (new(timesA[timesA.Count / 2], timesA[0]), new(timesB[timesB.Count / 2], timesB[0]));
    }

    /// <summary>One run, for a command that cannot be repeated.</summary>
    public static Task<TimeSpan> OnceAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        StartAsync(program, arguments, [], cancellationToken);

    /// <summary>The peak resident memory in bytes of one run, as GNU time(1) reports it.</summary>
    public static async Task<long> PeakBytesAsync(
        string program, IReadOnlyList<string> arguments, byte[] standardInput, CancellationToken cancellationToken)
    {
        var report = Path.GetTempFileName();
        try
        {
            await StartAsync("/usr/bin/time", ["-f", "%M", "-o", report, program, .. arguments], standardInput, cancellationToken).ConfigureAwait(false);
            var kibibytes = await File.ReadAllTextAsync(report, cancellationToken).ConfigureAwait(false);
            return long.Parse(kibibytes.Trim(), CultureInfo.InvariantCulture) * 1024;
        }
        finally
        {
            File.Delete(report);
        }
    }

    private static async Task<TimeSpan> StartAsync(
        string program, IReadOnlyList<string> arguments, byte[] standardInput, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"'{program}' did not start");
        var output = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(standardInput, cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading its input, as /usr/bin/true does; its exit code says whether that is right.
        }

        await output.ConfigureAwait(false);
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        watch.Stop();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' exited with {process.ExitCode}: {await errors.ConfigureAwait(false)}");
        }

        return watch.Elapsed;
    }
}
