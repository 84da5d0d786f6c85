namespace SecretsOps.Cli.Sealing;

/// <summary>Counts long work in one line on a terminal; silent where nobody looks.</summary>
internal sealed class Progress(CliEnvironment environment, string what, int total) : IDisposable
{
    private int _done;

    internal void Step()
    {
        var done = Interlocked.Increment(ref _done);
        if (environment.IsErrorTerminal && total > 1)
        {
            environment.PrintError($"\r{what} {done}/{total}");
        }
    }

    /// <summary>Clears the line.</summary>
    public void Dispose()
    {
        if (environment.IsErrorTerminal && total > 1)
        {
            environment.PrintError("\r\u001b[K");
        }
    }
}
