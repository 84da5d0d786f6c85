namespace SecretsOps.Cli.Sops;

/// <summary><c>secretsops exec-env FILE -- command args</c>: no shell; with a single word after the file it is sops's <c>exec-env FILE 'command line'</c>.</summary>
internal static class ExecCommandMode
{
    public static async Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var words = session.Arguments.Positional;
        var isCommandLine = words.Count <= 2 && (words.Count < 2 || words[1].Contains(' ', StringComparison.Ordinal));
        if (isCommandLine)
        {
            return await ExecEnvMode.RunAsync(session, cancellationToken).ConfigureAwait(false);
        }

        var variables = await ExecEnvMode.VariablesAsync(session, session.Environment.PathOf(words[0]), cancellationToken).ConfigureAwait(false);
        return await ExecEnvMode.RunAsync(session, [.. words.Skip(1)], variables, cancellationToken).ConfigureAwait(false);
    }
}
