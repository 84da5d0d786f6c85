using SecretsOps.Sops;
using SecretsOps.Sops.Lossless;
using SecretsOps.Sops.Stores;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Cli.Sops;

/// <summary>Opens a SOPS file of a command, so that it can be changed and written back with unchanged values untouched.</summary>
internal static class FileEditor
{
    public static async Task<OpenedDocument> OpenAsync(SopsSession session, string path, CancellationToken cancellationToken)
    {
        var document = session.Store(session.InputFormat(path)).LoadEncrypted(SopsSession.Read(path));
        return await OpenedDocument.OpenAsync(document, session.Keys, session.DecryptOptions, cancellationToken, remembersNonces: true).ConfigureAwait(false);
    }

    /// <exception cref="SopsException">The file is not there; with sops's words and code for a command that looks before it reads.</exception>
    public static void RequireExisting(string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            throw new SopsException(SopsExitCode.Generic, $"stat {path}: no such file or directory");
        }
    }

    public static byte[] Emit(SopsSession session, string path, SopsDocument document) =>
        session.Store(session.OutputFormat(path)).EmitEncrypted(document.Trees, document.Metadata);

    /// <summary>The file with the changed values in its own text where that is possible, else emitted anew.</summary>
    public static byte[] EmitEdit(SopsSession session, string path, SopsDocument document) =>
        IsLossless(session, path) && Spliced(session, SopsSession.Read(path), document) is { } text ? text : Emit(session, path, document);

    /// <summary>Whether edits keep the rest of the text: ours do, for YAML, unless told otherwise.</summary>
    public static bool IsLossless(SopsSession session, string path) =>
        session.Dialect == SopsDialect.SecretsOps && !session.Arguments.Flag("reformat") && File.Exists(path)
        && session.InputFormat(path) == SopsFormat.Yaml && session.OutputFormat(path) == SopsFormat.Yaml;

    private static byte[]? Spliced(SopsSession session, byte[] text, SopsDocument document)
    {
        var before = session.Store(SopsFormat.Yaml).LoadPlain(text);
        List<TreeNode> after = MetadataBlock.Attach(document.Trees, document.Metadata, "sops");
        return YamlSplice.TryApply(text, before, after);
    }
}
