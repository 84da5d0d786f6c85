namespace SecretsOps.Cli.Kubeseal;

/// <summary>The command line does not parse; the message is pflag's.</summary>
internal sealed class PflagException(string message) : Exception(message);
