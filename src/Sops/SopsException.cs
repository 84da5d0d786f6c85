namespace SecretsOps.Sops;

/// <summary>An operation on a SOPS file failed; the code tells which kind of failure, the message never holds a value.</summary>
public sealed class SopsException : Exception
{
    /// <summary>A failure with the exit code that the <c>sops</c> command line gives it.</summary>
    public SopsException(SopsExitCode code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    /// <summary>The kind of failure.</summary>
    public SopsExitCode Code { get; }

    /// <summary>Where in the tree it happened (<c>["a"]["b"]</c>), when that is known; sops's own messages do not say.</summary>
    public string? Place { get; init; }
}
