using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Cli.Kubeseal;

/// <summary>Where a controller is: its Service, and the cluster that has it.</summary>
internal sealed record ControllerAddress(KubeconfigOptions Connection, string Namespace, string Name);
