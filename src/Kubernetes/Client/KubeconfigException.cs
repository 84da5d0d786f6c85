namespace SecretsOps.Kubernetes.Client;

/// <summary>The way to the cluster is not described well enough to use; the message names the file and the remedy.</summary>
public sealed class KubeconfigException(string message, Exception? cause = null) : Exception(message, cause);
