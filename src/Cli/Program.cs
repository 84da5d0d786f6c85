using SecretsOps.Cli.Ksops;
using SecretsOps.Cli.Kubeseal;
using SecretsOps.Cli.Sops;

namespace SecretsOps.Cli;

/// <summary>Selects the command line by the name the program was started under: <c>kubeseal</c>, <c>sops</c>, <c>ksops</c>, else <c>secretsops</c>, which also takes these names as its first word.</summary>
internal static class Program
{
    internal static Task<int> Main(string[] arguments)
    {
        var environment = CliEnvironment.FromProcess();
        return RunAsync(NameOf(Environment.GetCommandLineArgs()[0]), arguments, environment, CancellationToken.None);
    }

    internal static Task<int> RunAsync(string programName, string[] arguments, CliEnvironment environment, CancellationToken cancellationToken) =>
        programName switch
        {
            "kubeseal" => KubesealCommandLine.RunAsync(arguments, environment, cancellationToken),
            "sops" => SopsCommandLine.RunAsync(arguments, environment, cancellationToken),
            "ksops" => KsopsCommandLine.RunAsync(arguments, environment, cancellationToken),
            _ when arguments is ["kubeseal" or "sops" or "ksops", ..] => RunAsync(arguments[0], arguments[1..], environment, cancellationToken),
            _ => SecretsOpsCommandLine.RunAsync(arguments, environment, cancellationToken),
        };

    /// <summary>The base name of <c>argv[0]</c>, which is the link's name when the program was started through a link.</summary>
    internal static string NameOf(string argv0)
    {
        var name = Path.GetFileName(argv0);
        return name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
    }
}
