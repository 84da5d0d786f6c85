using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary>Opens a SOPS file of a command, so that it can be changed and written back with unchanged values untouched.</summary>
internal static class FileEditor
{
    public static async Task<OpenedDocument> OpenAsync(SopsSession session, string path, CancellationToken cancellationToken)
    {
        RequireExisting(path);
        var document = session.Store(session.InputFormat(path)).LoadEncrypted(SopsSession.Read(path));
        return await OpenedDocument.OpenAsync(document, session.Keys, session.DecryptOptions, cancellationToken, remembersNonces: true).ConfigureAwait(false);
    }

    public static void RequireExisting(string path)
    {
        if (!File.Exists(path))
        {
            throw new SopsException(SopsExitCode.NoFile, $"Error: cannot operate on non-existent file \"{path}\"");
        }
    }

    public static byte[] Emit(SopsSession session, string path, SopsDocument document) =>
        session.Store(session.OutputFormat(path)).EmitEncrypted(document.Trees, document.Metadata);
}
