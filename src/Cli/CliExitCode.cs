namespace SecretsOps.Cli;

/// <summary>What <c>secretsops</c> tells the shell. The compatible front ends return the codes of the program they stand for.</summary>
internal enum CliExitCode
{
    /// <summary>Everything was done.</summary>
    Success = 0,

    /// <summary>The operation failed; standard error says which object, why, and what to do.</summary>
    Failure = 1,

    /// <summary>The command line itself was wrong; nothing was done.</summary>
    Usage = 2,

    /// <summary>A check (<c>lint</c>, <c>diff --exit-code</c>, <c>plan</c>) found something to report.</summary>
    Findings = 3,
}
