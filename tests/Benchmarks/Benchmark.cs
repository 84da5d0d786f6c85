namespace SecretsOps.Benchmarks;

/// <summary>One question with a measured answer. <see cref="RunAsync"/> prints rows to the report; it never judges.</summary>
/// <param name="Name">What <c>./bench NAME</c> selects, such as <c>unseal-rsa4096</c>.</param>
/// <param name="Question">What is measured and against what, in one line.</param>
/// <param name="RunAsync">Measures and reports.</param>
internal sealed record Benchmark(string Name, string Question, Func<BenchmarkReport, CancellationToken, Task> RunAsync);
