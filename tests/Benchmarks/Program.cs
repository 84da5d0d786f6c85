namespace SecretsOps.Benchmarks;

/// <summary>Runs the benchmarks whose names contain one of the arguments, or all of them.</summary>
internal static class Program
{
    /// <summary>Every benchmark: a line each.</summary>
    private static readonly IReadOnlyList<Benchmark> All =
    [
        EndToEnd.SpineBenchmark.Benchmark,
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
        foreach (var benchmark in chosen)
        {
            report.Begin(benchmark);
            await benchmark.RunAsync(report, stop.Token).ConfigureAwait(false);
        }

        return 0;
    }
}
