using System.CommandLine;
using SecretsOps.Cli.Kubeseal;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Cli.Sealing;

/// <summary>The options that say which cluster and which controller: the same on every verb that may ask one.</summary>
internal sealed class ConnectionOptions
{
    private readonly Option<string> _kubeconfig = new("--kubeconfig") { Description = "Kubeconfig file to use", HelpName = "file", DefaultValueFactory = _ => "" };
    private readonly Option<string> _context = new("--context") { Description = "Kubeconfig context to use", HelpName = "name", DefaultValueFactory = _ => "" };
    private readonly Option<string> _namespace = new("--namespace", "-n") { Description = "Namespace for secrets that name none", HelpName = "name", DefaultValueFactory = _ => "" };
    private readonly Option<string> _controllerNamespace = new("--controller-namespace") { Description = "Namespace of the sealing controller", HelpName = "name", DefaultValueFactory = _ => "kube-system" };
    private readonly Option<string> _controllerName = new("--controller-name") { Description = "Name of the sealing controller's Service", HelpName = "name", DefaultValueFactory = _ => "sealed-secrets-controller" };

    internal void AddTo(Command command)
    {
        foreach (var option in new[] { _kubeconfig, _context, _namespace, _controllerNamespace, _controllerName })
        {
            command.Options.Add(option);
        }
    }

    internal ControllerAddress Address(ParseResult parsed, CliEnvironment environment) =>
        new(Connection(parsed, environment), parsed.GetRequiredValue(_controllerNamespace), parsed.GetRequiredValue(_controllerName));

    /// <summary>The namespace that <c>-n</c> gave, or empty.</summary>
    internal string GivenNamespace(ParseResult parsed) => parsed.GetRequiredValue(_namespace);

    internal KubeconfigOptions Connection(ParseResult parsed, CliEnvironment environment) => environment.Complete(new KubeconfigOptions
    {
        Path = parsed.GetRequiredValue(_kubeconfig),
        Context = parsed.GetRequiredValue(_context),
        Namespace = parsed.GetRequiredValue(_namespace),
    });

    internal ControllerProxy OpenController(ParseResult parsed, CliEnvironment environment) => new(Address(parsed, environment), static _ => { });
}
