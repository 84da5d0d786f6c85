namespace SecretsOps.Benchmarks;

/// <summary>Runs the benchmarks whose names contain one of the arguments, or all of them.</summary>
internal static class Program
{
    /// <summary>Every benchmark: a line each.</summary>
    private static readonly IReadOnlyList<Benchmark> All =
    [
        EndToEnd.SpineBenchmark.Benchmark,
        GitOps.LargeApplicationBenchmark.Benchmark,
        GitOps.FleetBenchmark.Of200,
        GitOps.FleetBenchmark.Of1000,
        Controller.ColdStartBenchmark.Benchmark,
        Controller.IdleMemoryBenchmark.Benchmark,
        Controller.ManyKeysBenchmark.Benchmark,
        Sealing.UnsealBenchmark.Benchmark,
        Sealing.KubesealBenchmark.Benchmark,
        Sops.SopsBenchmark.Benchmark,
    ];

    internal static async Task<int> Main(string[] arguments)
    {
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        if (arguments is ["--list"])
        {
            foreach (var benchmark in All)
            {
                Console.WriteLine($"{benchmark.Name,-28}{benchmark.Question}");
            }

            return 0;
        }

        var chosen = All.Where(benchmark => arguments.Length == 0 || arguments.Any(wanted => benchmark.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase))).ToList();
        if (chosen.Count == 0)
        {
            await Console.Error.WriteLineAsync("bench: error: no benchmark has such a name; ./bench --list names them").ConfigureAwait(false);
            return 2;
        }

        var report = new BenchmarkReport(Console.Out);
        report.WriteMachine();
        var failed = 0;
        foreach (var benchmark in chosen)
        {
            failed += await RunsAsync(benchmark, report, stop.Token).ConfigureAwait(false) ? 0 : 1;
        }

        return failed == 0 ? 0 : 1;
    }

    // One that breaks down does not take the others' figures with it.
    private static async Task<bool> RunsAsync(Benchmark benchmark, BenchmarkReport report, CancellationToken cancellationToken)
    {
        report.Begin(benchmark);
        try
        {
            await benchmark.RunAsync(report, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            report.Note($"FAILED: {error}");
            return false;
        }
    }
}
