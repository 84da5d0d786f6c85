namespace SecretsOps.Cli.Kubeseal;

/// <summary>Ends kubeseal with <c>error: …</c> and code 1; the message is upstream's where upstream has one.</summary>
internal sealed class KubesealException(string message, Exception? cause = null) : Exception(message, cause);
