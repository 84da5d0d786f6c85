using System.Security.Cryptography;
using SecretsOps.Sops;
using SecretsOps.Sops.Keys;
using SecretsOps.Sops.Lossless;
using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Stores;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Cli.Sops;

/// <summary><c>sops edit FILE</c>: the plaintext in an editor, on memory-backed storage, and back.</summary>
internal static class EditMode
{
    public static async Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var path = session.RequireFile();
        var format = session.InputFormat(path);
        using var opened = File.Exists(path)
            ? await FileEditor.OpenAsync(session, path, cancellationToken).ConfigureAwait(false)
            : await CreateAsync(session, path, format, cancellationToken).ConfigureAwait(false);
        using var signals = new EditSignals(session.Environment.IsInputTerminal, cancellationToken);
        using var folder = new PrivateFolder();
        var editor = new EditLoop(session, folder, path, session.OutputFormat(path), signals);
        var (trees, metadata) = await RunAsync(editor, opened, signals).ConfigureAwait(false);
        var document = opened.Close(trees, session.Environment.Time);
        document = document with { Metadata = Raised(metadata ?? document.Metadata, document.Metadata) };
        SopsSession.Write(path, editor.Lossless(trees, document) ?? FileEditor.Emit(session, path, document));
        return 0;
    }

    private static async Task<(IReadOnlyList<TreeNode> Trees, SopsMetadata? Metadata)> RunAsync(EditLoop editor, OpenedDocument opened, EditSignals signals)
    {
        try
        {
            return await editor.RunAsync(opened).ConfigureAwait(false);
        }
        catch (Exception failure) when (
            (signals.WasEnded && failure is SopsException or OperationCanceledException)
            || (signals.WasInterrupted && failure is SopsException { Code: SopsExitCode.EditorFailed }))
        {
            throw new SopsException(SopsExitCode.Generic, "User canceled operation", failure);
        }
    }

    /// <summary>The metadata with the new MAC, and the version raised to ours when it was older.</summary>
    private static SopsMetadata Raised(SopsMetadata chosen, SopsMetadata closed)
    {
        var isOlder = !Version.TryParse(chosen.Version, out var version) || version < Version.Parse(DocumentSealer.Version);
        return chosen with { Mac = closed.Mac, LastModified = closed.LastModified, Version = isOlder ? DocumentSealer.Version : chosen.Version };
    }

    /// <summary>A file that does not exist yet starts from an example.</summary>
    private static async Task<OpenedDocument> CreateAsync(SopsSession session, string path, SopsFormat format, CancellationToken cancellationToken)
    {
        var options = EncryptionSettings.For(session, path);
        var dataKey = DataKeys.Create();
        var groups = await DataKeys.WrapAsync(dataKey, options.KeyGroups, options.ShamirThreshold, session.Keys, session.Environment.Time, cancellationToken).ConfigureAwait(false);
        return OpenedDocument.Create(dataKey, ExampleTree.For(format), SopsEncryptor.CreateMetadata(format, groups, options));
    }
}

/// <summary>Opens the editor until what it leaves can be read again.</summary>
internal sealed class EditLoop(SopsSession session, PrivateFolder folder, string path, SopsFormat format, EditSignals signals)
{
    private byte[]? _edited;

    private readonly bool _showsMetadata = session.Arguments.Flag("show-master-keys");

    /// <summary>The edited trees, and the metadata when it was shown.</summary>
    public async Task<(IReadOnlyList<TreeNode> Trees, SopsMetadata? Metadata)> RunAsync(OpenedDocument opened)
    {
        var store = session.Store(format);
        var text = _showsMetadata ? store.EmitEncrypted(opened.Trees, opened.Metadata) : LosslessPlaintext(opened) ?? store.EmitPlain(opened.Trees);
        var file = folder.Write(Path.GetFileName(path), text);
        var before = SHA256.HashData(text);
        while (true)
        {
            await OpenEditorAsync(file).ConfigureAwait(false);
            var edited = await File.ReadAllBytesAsync(file, signals.Token).ConfigureAwait(false);
            if (CryptographicOperations.FixedTimeEquals(SHA256.HashData(edited), before))
            {
                throw new SopsException(SopsExitCode.NotModified, "File has not changed, exiting.");
            }

            try
            {
                var result = Read(store, edited);
                _edited = edited;
                return result;
            }
            catch (SopsException failure)
            {
                session.Log("CMD", "error", $"Could not load tree, probably due to invalid syntax. Press a key to return to the editor, or Ctrl+C to exit. ({failure.Message})");
                if (!await WaitForKeyAsync().ConfigureAwait(false))
                {
                    throw new SopsException(SopsExitCode.EditorFailed, "the edited text cannot be read, and nobody is there to correct it", failure);
                }
            }
        }
    }

    private async Task OpenEditorAsync(string file)
    {
        using (signals.OpenEditor())
        {
            await EditorCommand.RunAsync(session.Environment, file, signals.Token).ConfigureAwait(false);
        }

        signals.Token.ThrowIfCancellationRequested();
    }

    /// <summary>False when nobody is there to press a key.</summary>
    private async Task<bool> WaitForKeyAsync() => await Task.Run(session.Environment.Input.ReadByte, signals.Token).WaitAsync(signals.Token).ConfigureAwait(false) >= 0;

    /// <summary>The edited text with its values encrypted in place, or null where the file must be emitted anew.</summary>
    public byte[]? Lossless(IReadOnlyList<TreeNode> plain, SopsDocument document)
    {
        if (_edited is null || _showsMetadata || !FileEditor.IsLossless(session, path))
        {
            return null;
        }

        List<TreeNode> encrypted = [.. document.Trees.Select(TreeComments.WithListComments)];
        return YamlSplice.TryApply(_edited, plain, MetadataBlock.Attach(encrypted, document.Metadata, "sops"));
    }

    /// <summary>The file's own text with its values decrypted in place.</summary>
    private byte[]? LosslessPlaintext(OpenedDocument opened)
    {
        if (!FileEditor.IsLossless(session, path))
        {
            return null;
        }

        var text = SopsSession.Read(path);
        return YamlSplice.TryApply(text, session.Store(SopsFormat.Yaml).LoadPlain(text), opened.Trees);
    }

    private (IReadOnlyList<TreeNode> Trees, SopsMetadata? Metadata) Read(ISopsStore store, byte[] edited)
    {
        if (_showsMetadata)
        {
            var document = store.LoadEncrypted(edited);
            return document.Metadata.AllKeys.Any() ? (document.Trees, document.Metadata) : throw new SopsException(SopsExitCode.Generic, "No master keys were provided, so sops can't encrypt the file.");
        }

        var trees = store.LoadPlain(edited);
        return store.HasMetadata(trees) ? throw new SopsException(SopsExitCode.Generic, "the key 'sops' is reserved for metadata") : (trees, null);
    }
}
