namespace SecretsOps.Cli.Kubeseal;

/// <summary>What <c>kubeseal</c> tells the shell.</summary>
internal enum KubesealExitCode
{
    /// <summary>Done.</summary>
    Success = 0,

    /// <summary>Failed; standard error says why.</summary>
    Failure = 1,

    /// <summary>The flags do not parse; standard output says why and how.</summary>
    Usage = 2,
}
