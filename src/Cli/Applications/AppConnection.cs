using System.CommandLine;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Cli.Applications;

/// <summary>The options that say in which cluster and namespace the Applications are.</summary>
internal sealed class AppConnection
{
    private readonly Option<string> _kubeconfig = new("--kubeconfig") { Description = "Kubeconfig file to use", HelpName = "file", DefaultValueFactory = _ => "" };
    private readonly Option<string> _context = new("--context") { Description = "Kubeconfig context to use", HelpName = "name", DefaultValueFactory = _ => "" };
    private readonly Option<string> _namespace = new("--app-namespace", "-N") { Description = "Namespace of the Applications; a name may say it too, as in ns/name", HelpName = "name", DefaultValueFactory = _ => "argocd" };

    internal void AddTo(Command command)
    {
        foreach (var option in new[] { _kubeconfig, _context, _namespace })
        {
            command.Options.Add(option);
        }
    }

    internal string Namespace(ParseResult parsed) => parsed.GetRequiredValue(_namespace);

    internal ApiClient Open(ParseResult parsed, CliEnvironment environment) => new(Kubeconfig.Load(environment.Complete(new KubeconfigOptions
    {
        Path = parsed.GetRequiredValue(_kubeconfig),
        Context = parsed.GetRequiredValue(_context),
    })));
}
