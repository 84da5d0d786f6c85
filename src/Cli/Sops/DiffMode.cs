using SecretsOps.Sops;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Cli.Sops;

/// <summary><c>secretsops diff OLD NEW</c>: the paths whose values differ, and never a value.</summary>
internal static class DiffMode
{
    public static async Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var names = session.Arguments.Positional;
        if (names.Count != 2)
        {
            throw new SopsException(SopsExitCode.NoFile, "diff needs two files: OLD NEW");
        }

        using var before = await FileEditor.OpenAsync(session, session.Environment.PathOf(names[0]), cancellationToken).ConfigureAwait(false);
        using var after = await FileEditor.OpenAsync(session, session.Environment.PathOf(names[1]), cancellationToken).ConfigureAwait(false);
        var differences = new TreeDifference();
        differences.Compare(before.Trees, after.Trees);
        session.Environment.Print(string.Concat(differences.Lines.Select(line => line + "\n")));
        return differences.Lines.Count == 0 || !session.Arguments.Flag("exit-code") ? 0 : (int)CliExitCode.Findings;
    }
}
