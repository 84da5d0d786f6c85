using SecretsOps.KeyManagement;
using SecretsOps.Sops;
using SecretsOps.Sops.Metadata;

namespace SecretsOps.Cli.Sops;

/// <summary><c>sops rotate</c>: a new data key, and master keys added to the first group or removed from all.</summary>
internal static class RotateMode
{
    public static async Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var path = session.RequireFile();
        var added = EncryptionSettings.KeysOf(session.Arguments, "add-");
        var removed = EncryptionSettings.KeysOf(session.Arguments, "rm-");
        if (session.Arguments.Flag("in-place") && session.Arguments.Text("output").Length > 0)
        {
            throw new SopsException(SopsExitCode.ConflictingParameters, "Error: cannot operate on both --output and --in-place");
        }

        if (!Path.Exists(path) && added.Count + removed.Count > 0)
        {
            throw new SopsException(
                SopsExitCode.KeysOnMissingFile, $"Error: cannot add or remove keys on non-existent file \"{path}\", use the `edit` subcommand instead.");
        }

        var name = session.Arguments.Text("filename-override") is { Length: > 0 } other ? session.Environment.PathOf(other) : path;
        var document = session.Store(session.InputFormat(name)).LoadEncrypted(SopsSession.Read(path));
        using var opened = await OpenedDocument.OpenAsync(document, session.Keys, session.DecryptOptions, cancellationToken).ConfigureAwait(false);
        var groups = Changed(opened.Metadata.KeyGroups, added, removed);
        var rotated = await DocumentRotation.RotateAsync(opened, groups, session.Keys, session.Environment.Time, cancellationToken).ConfigureAwait(false);
        session.WriteOutput(FileEditor.Emit(session, name, rotated), path);
        return 0;
    }

    private static List<List<MasterKey>> Changed(IReadOnlyList<KeyGroup> groups, List<MasterKey> added, List<MasterKey> removed)
    {
        var changed = groups.Select(group => group.Keys.Select(key => key.Key).ToList()).ToList();
        changed[0].AddRange(added);
        foreach (var group in changed)
        {
            group.RemoveAll(key => removed.Exists(other => IsSame(other, key)));
        }

        return changed;
    }

    private static bool IsSame(MasterKey left, MasterKey right) =>
        string.Equals(left.TypeName, right.TypeName, StringComparison.Ordinal) && string.Equals(left.Identity, right.Identity, StringComparison.Ordinal);
}
