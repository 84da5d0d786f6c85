namespace SecretsOps.Cli;

/// <summary>A verb failed in a way the user can act on: printed as <c>secretsops: error: …</c> and <c>secretsops: hint: …</c>.</summary>
internal sealed class CliException : Exception
{
    /// <summary>Says what failed, and what to do about it when something can be done.</summary>
    public CliException(string message, string? hint = null, CliExitCode exitCode = CliExitCode.Failure, Exception? cause = null)
        : base(message, cause)
    {
        Hint = hint;
        ExitCode = exitCode;
    }

    /// <summary>What to do next, or null.</summary>
    public string? Hint { get; }

    /// <summary>The exit code to leave with.</summary>
    public CliExitCode ExitCode { get; }
}
