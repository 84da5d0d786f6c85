using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary><c>secretsops encrypt</c> and <c>decrypt</c>: as sops for one file; several files in place, in one run with one unwrap per key.</summary>
internal static class BatchMode
{
    public static async Task<int> EncryptAsync(SopsSession session, CancellationToken cancellationToken)
    {
        if (session.Arguments.Text("reuse").Length > 0)
        {
            return await ReuseAsync(session, cancellationToken).ConfigureAwait(false);
        }

        return IsSingle(session)
            ? await EncryptMode.RunAsync(session, cancellationToken).ConfigureAwait(false)
            : await BatchRun.RunAsync(session, Files(session), (file, token) => EncryptFileAsync(session, file, token), cancellationToken).ConfigureAwait(false);
    }

    public static Task<int> DecryptAsync(SopsSession session, CancellationToken cancellationToken) =>
        IsSingle(session)
            ? DecryptMode.RunAsync(session, cancellationToken)
            : BatchRun.RunAsync(session, Files(session), (file, token) => DecryptFileAsync(session, file, token), cancellationToken);

    private static bool IsSingle(SopsSession session) =>
        session.Arguments.Positional.Count == 0 || (session.Arguments.Positional.Count == 1 && session.Arguments.Positional[0].AsSpan().IndexOfAny('*', '?') < 0);

    private static IReadOnlyList<string> Files(SopsSession session) => session.Arguments.Flag("in-place")
        ? FileSet.Expand(session.Environment, session.Arguments.Positional, isRecursive: false)
        : throw new SopsException(SopsExitCode.ConflictingParameters, "several files need --in-place");

    private static async Task<string?> EncryptFileAsync(SopsSession session, string file, CancellationToken cancellationToken)
    {
        var format = session.InputFormat(file);
        var content = SopsSession.Read(file);
        if (SopsFile.IsEncrypted(content, format))
        {
            return null;
        }

        SopsSession.Write(file, await SopsEncryptor.EncryptAsync(content, format, session.Keys, EncryptionSettings.For(session, file), cancellationToken).ConfigureAwait(false));
        return "encrypted";
    }

    private static async Task<string?> DecryptFileAsync(SopsSession session, string file, CancellationToken cancellationToken)
    {
        var format = session.InputFormat(file);
        using var plaintext = await SopsDecryptor.DecryptAsync(SopsSession.Read(file), format, session.Keys, session.DecryptOptions, cancellationToken).ConfigureAwait(false);
        SopsSession.Write(file, plaintext.Span);
        return "decrypted";
    }

    /// <summary>Encrypts under the data key of an older version; equal values keep their ciphertext, and an equal file is written as it was.</summary>
    private static async Task<int> ReuseAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var source = InputSource.Find(session, requiresName: true);
        var old = session.Environment.PathOf(session.Arguments.Text("reuse"));
        FileEditor.RequireExisting(old);
        PolicedMode.Check(session, old, [], []);
        var oldText = SopsSession.Read(old);
        var format = session.InputFormat(source.Name);
        var store = session.Store(format);
        var trees = SopsEncryptor.LoadPlain(source.Read(session), store);
        using var opened = await OpenedDocument.OpenAsync(store.LoadEncrypted(oldText), session.Keys, session.DecryptOptions, cancellationToken, remembersNonces: true).ConfigureAwait(false);
        var isSame = store.EmitPlain(opened.Trees).AsSpan().SequenceEqual(store.EmitPlain(trees));
        var document = isSame ? null : opened.Close(trees, session.Environment.Time);
        session.WriteOutput(document is null ? oldText : store.EmitEncrypted(document.Trees, document.Metadata), source.Path);
        return 0;
    }
}
