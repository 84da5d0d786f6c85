namespace SecretsOps.Benchmarks;

/// <summary>Runs the benchmarks.</summary>
internal static class Program
{
    internal static Task<int> Main(string[] arguments)
    {
        _ = arguments;
        return Task.FromResult(0);
    }
}
