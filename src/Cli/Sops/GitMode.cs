using SecretsOps.Sops;
using SecretsOps.Sops.Stores;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Cli.Sops;

/// <summary>What Git calls: a merge driver that merges plaintexts, a text conversion for diffs, and a pair of filters.</summary>
internal static class GitMode
{
    /// <summary><c>git merge BASE OURS THEIRS PATH</c> (<c>%O %A %B %P</c>): merges values three-way and writes OURS; 1 when both sides changed a value differently.</summary>
    public static async Task<int> MergeAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var names = session.Arguments.Positional;
        if (names.Count != 4)
        {
            throw new SopsException(SopsExitCode.NoFile, "expected four arguments: BASE OURS THEIRS PATH (in .gitconfig: driver = secretsops git merge %O %A %B %P)");
        }

        var format = session.InputFormat(names[3]);
        var store = session.Store(format);
        using var common = await OpenAsync(session, store, names[0], cancellationToken).ConfigureAwait(false);
        using var ours = await OpenAsync(session, store, names[1], cancellationToken).ConfigureAwait(false);
        using var theirs = await OpenAsync(session, store, names[2], cancellationToken).ConfigureAwait(false);
        if (ours is null || theirs is null)
        {
            throw new SopsException(SopsExitCode.Generic, $"{names[3]}: one side of the merge is no SOPS file");
        }

        var merge = new TreeMerge();
        var merged = merge.Merge(common?.Trees ?? [], ours.Trees, theirs.Trees);
        foreach (var conflict in merge.Conflicts)
        {
            session.Environment.PrintError($"CONFLICT (value): {names[3]}: {conflict} was changed on both sides; ours is kept, run 'secretsops edit {names[3]}'\n");
        }

        var document = ours.Close(merged, session.Environment.Time);
        SopsSession.Write(session.Environment.PathOf(names[1]), store.EmitEncrypted(document.Trees, document.Metadata));
        return merge.Conflicts.Count == 0 ? 0 : 1;
    }

    /// <summary><c>git textconv FILE</c>: the plaintext, or the file itself when it is not encrypted.</summary>
    public static async Task<int> TextConversionAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var path = session.RequireFile();
        await PrintPlainAsync(session, SopsSession.Read(path), session.InputFormat(path), cancellationToken).ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>git smudge PATH</c>: standard input decrypted.</summary>
    public static async Task<int> SmudgeAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var path = session.RequireFile();
        await PrintPlainAsync(session, session.ReadInput(), session.InputFormat(path), cancellationToken).ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>git clean PATH</c>: standard input encrypted; what did not change since the version in the index keeps its bytes.</summary>
    public static async Task<int> CleanAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var path = session.RequireFile();
        var format = session.InputFormat(path);
        var store = session.Store(format);
        var plaintext = session.ReadInput();
        if (SopsFile.IsEncrypted(plaintext, format))
        {
            session.Environment.Output.Write(plaintext);
            return 0;
        }

        var trees = SopsEncryptor.LoadPlain(plaintext, store);
        var indexed = await GitIndex.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        if (indexed is null || !SopsFile.IsEncrypted(indexed, format))
        {
            var options = EncryptionSettings.For(session, path);
            session.Environment.Output.Write(await SopsEncryptor.EncryptAsync(plaintext, format, session.Keys, options, cancellationToken).ConfigureAwait(false));
            return 0;
        }

        using var old = await OpenedDocument.OpenAsync(store.LoadEncrypted(indexed), session.Keys, session.DecryptOptions, cancellationToken, remembersNonces: true).ConfigureAwait(false);
        var isSame = store.EmitPlain(old.Trees).AsSpan().SequenceEqual(store.EmitPlain(trees));
        var document = isSame ? null : old.Close(trees, session.Environment.Time);
        session.Environment.Output.Write(document is null ? indexed : store.EmitEncrypted(document.Trees, document.Metadata));
        return 0;
    }

    private static async Task<OpenedDocument?> OpenAsync(SopsSession session, ISopsStore store, string name, CancellationToken cancellationToken)
    {
        var content = SopsSession.Read(session.Environment.PathOf(name));
        return content.Length == 0 ? null
            : await OpenedDocument.OpenAsync(store.LoadEncrypted(content), session.Keys, session.DecryptOptions, cancellationToken, remembersNonces: true).ConfigureAwait(false);
    }

    private static async Task PrintPlainAsync(SopsSession session, byte[] content, SopsFormat format, CancellationToken cancellationToken)
    {
        if (!SopsFile.IsEncrypted(content, format))
        {
            session.Environment.Output.Write(content);
            return;
        }

        using var plaintext = await SopsDecryptor.DecryptAsync(content, format, session.Keys, session.DecryptOptions, cancellationToken).ConfigureAwait(false);
        session.Environment.Output.Write(plaintext.Span);
    }
}
