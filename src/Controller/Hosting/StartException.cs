namespace SecretsOps.Controller.Hosting;

/// <summary>The process cannot start; the message says why and what to do, the code which kind of reason.</summary>
internal sealed class StartException(string message, int exitCode, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>One of <see cref="ExitCodes"/>.</summary>
    public int ExitCode => exitCode;
}
