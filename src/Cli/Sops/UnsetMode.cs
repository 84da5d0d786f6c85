using SecretsOps.Sops;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Cli.Sops;

/// <summary><c>sops unset FILE INDEX</c>: removes a key or list element, in place.</summary>
internal static class UnsetMode
{
    public static async Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var arguments = session.Arguments;
        if (arguments.Positional.Count != 2)
        {
            throw new SopsException(SopsExitCode.NoFile, "Error: no file specified, or index is missing");
        }

        var path = session.Environment.PathOf(arguments.Positional[0]);
        var pointer = SetMode.PathOf(arguments.Positional[1], "unset");
        using var opened = await FileEditor.OpenAsync(session, path, cancellationToken).ConfigureAwait(false);
        try
        {
            TreeEdit.Unset(opened.Trees[0], pointer);
        }
        catch (SopsException) when (arguments.Flag("idempotent"))
        {
            return 0;
        }

        SopsSession.Write(path, FileEditor.EmitEdit(session, path, opened.Close(opened.Trees, session.Environment.Time)));
        return 0;
    }
}
