namespace SecretsOps.Cli.Sops;

/// <summary>The command line does not parse.</summary>
internal sealed class SopsUsageException(string message) : Exception(message);
