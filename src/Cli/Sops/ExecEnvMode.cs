using System.Text;
using SecretsOps.Sops;
using SecretsOps.Sops.Stores;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Cli.Sops;

/// <summary><c>sops exec-env FILE COMMAND</c>: runs a command with the file's top-level values as environment variables.</summary>
internal static class ExecEnvMode
{
    public static async Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        if (session.Arguments.Positional.Count != 2)
        {
            throw new SopsException(SopsExitCode.Generic, "error: missing file to decrypt");
        }

        var (isBackground, isSameProcess) = (session.Arguments.Flag("background"), session.Arguments.Flag("same-process"));
        if (isBackground)
        {
            session.Warn("exec-env's --background option is deprecated and will be removed in a future version of sops");
        }

        if (isSameProcess && isBackground)
        {
            throw new SopsException(SopsExitCode.ConflictingParameters, "Error: The --same-process flag cannot be used with --background");
        }

        var variables = await VariablesAsync(session, session.Environment.PathOf(session.Arguments.Positional[0]), cancellationToken).ConfigureAwait(false);
        return session.Told(await RunAsync(session, ["/bin/sh", "-c", session.Arguments.Positional[1]], variables, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Runs a command as it is, without a shell.</summary>
    public static Task<int> RunAsync(SopsSession session, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> variables, CancellationToken cancellationToken)
    {
        var user = session.Arguments.Text("user");
        var account = user.Length > 0 ? UnixAccount.Find(user) : null;
        var all = session.Arguments.Flag("pristine") ? [] : new Dictionary<string, string>(session.Environment.Variables, StringComparer.Ordinal);
        foreach (var (name, value) in (account?.Variables ?? new Dictionary<string, string>()).Concat(variables))
        {
            all[name] = value;
        }

        if (session.Arguments.Flag("same-process"))
        {
            account?.Become();
            throw ChildProcess.Replace(command, all, session.Environment.CurrentDirectory);
        }

        if (session.Arguments.Flag("background"))
        {
            ChildProcess.StartInBackground(command, all, user, session.Environment.CurrentDirectory);
            return Task.FromResult(0);
        }

        return ChildProcess.RunAsync(command, all, user, session.Environment.CurrentDirectory, cancellationToken);
    }

    /// <summary>The variables that a file gives.</summary>
    /// <exception cref="SopsException">A value is not a scalar, or a key cannot name a variable.</exception>
    public static async Task<Dictionary<string, string>> VariablesAsync(SopsSession session, string path, CancellationToken cancellationToken)
    {
        using var opened = await FileEditor.OpenAsync(session, path, cancellationToken).ConfigureAwait(false);
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        var top = opened.Trees[0] as TreeBranch
            ?? throw new SopsException(SopsExitCode.Generic, "cannot use a list as environment: the top of the file must be a map");
        foreach (var item in top.Items.Where(item => item.Comment is null))
        {
            if (item.Value is not TreeScalar scalar)
            {
                throw new SopsException(SopsExitCode.Generic, $"cannot use complex value in environment; offending key {item.Key}");
            }

            if (item.Key.AsSpan().IndexOfAny('=', '\0') >= 0)
            {
                throw new SopsException(SopsExitCode.Generic, $"cannot use keys with '=' in environment: {item.Key}");
            }

            variables[item.Key] = Encoding.UTF8.GetString(ScalarText.ForFlatFile(scalar));
        }

        return variables;
    }
}
