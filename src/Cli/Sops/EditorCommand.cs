using System.Text;
using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary>Finds and runs the user's editor.</summary>
internal static class EditorCommand
{
    // 128 and the number of SIGINT.
    private const int Interrupted = 130;

    /// <exception cref="SopsException">There is no editor, or it failed.</exception>
    public static async Task RunAsync(CliEnvironment environment, string file, CancellationToken cancellationToken)
    {
        var command = Find(environment);
        try
        {
            var code = await ChildProcess.RunAsync([.. command, file], null, "", environment.CurrentDirectory, cancellationToken).ConfigureAwait(false);
            if (code == Interrupted)
            {
                throw new SopsException(SopsExitCode.Generic, "User canceled operation");
            }

            if (code != 0)
            {
                throw new SopsException(SopsExitCode.EditorFailed, $"Could not run editor: exit status {code}");
            }
        }
        catch (CliException failure)
        {
            throw new SopsException(SopsExitCode.EditorFailed, $"Could not run editor: {failure.Message}", failure);
        }
    }

    /// <summary>Splits a command line at blanks; quotes and backslashes as in a shell.</summary>
    internal static List<string> Split(string command)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quote, isInWord) = ('\0', false);
        for (var at = 0; at < command.Length; at++)
        {
            var character = command[at];
            if (character == '\\' && quote != '\'' && at + 1 < command.Length)
            {
                word.Append(command[++at]);
                isInWord = true;
            }
            else if (quote == '\0' && character is ('"' or '\''))
            {
                (quote, isInWord) = (character, true);
            }
            else if (character == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && char.IsWhiteSpace(character))
            {
                AddWord(words, word, ref isInWord);
            }
            else
            {
                word.Append(character);
                isInWord = true;
            }
        }

        AddWord(words, word, ref isInWord);
        return words;
    }

    private static void AddWord(List<string> words, StringBuilder word, ref bool isInWord)
    {
        if (isInWord)
        {
            words.Add(word.ToString());
        }

        word.Clear();
        isInWord = false;
    }

    private static List<string> Find(CliEnvironment environment)
    {
        foreach (var variable in new[] { "SOPS_EDITOR", "EDITOR" })
        {
            if (environment.Variable(variable) is { Length: > 0 } text && Split(text) is { Count: > 0 } command)
            {
                return command;
            }
        }

        var folders = (environment.Variable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in new[] { "vim", "nano", "vi" })
        {
            if (folders.Any(folder => File.Exists(Path.Combine(folder, name))))
            {
                return [name];
            }
        }

        throw new SopsException(SopsExitCode.EditorFailed, "Could not run editor: no editor available: sops attempts to use the editor defined in the SOPS_EDITOR or EDITOR environment variables, and if that's not set defaults to any of vim, nano, vi, but none of them could be found");
    }
}
