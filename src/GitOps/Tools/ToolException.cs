namespace SecretsOps.GitOps.Tools;

/// <summary>An external program could not be started, took too long, printed too much or failed.</summary>
internal sealed class ToolException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The text of a failed run: the program, its exit code and the last lines it complained with.</summary>
    public static ToolException Failed(string program, ToolResult result) =>
        new($"{program} exited with code {result.ExitCode}: {LastLines(result.Error)}");

    private static string LastLines(string error)
    {
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? "it gave no reason" : string.Join("; ", lines.TakeLast(5));
    }
}
