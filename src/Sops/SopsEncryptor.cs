using SecretsOps.KeyManagement;
using SecretsOps.Sops.Keys;
using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Stores;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops;

/// <summary>Encrypts whole files under a new data key.</summary>
public static class SopsEncryptor
{
    private const string AlreadyEncrypted = """
        The file you have provided contains a top-level entry called 'sops', or for
        flat file formats top-level entries starting with 'sops_'. This is
        generally due to the file already being encrypted. SOPS uses a top-level
        entry called 'sops' to store the metadata required to decrypt the file. For
        this reason, SOPS can not encrypt files that already contain such an entry.

        If this is an unencrypted file, rename the 'sops' entry.

        If this is an encrypted file and you want to edit it, use the editor mode,
        for example: `sops edit my_file.yaml`
        """;

    /// <summary>Encrypts a plaintext file to the text of a SOPS file.</summary>
    /// <exception cref="SopsException">The content is not in the format, is encrypted already, or a key failed.</exception>
    public static async Task<byte[]> EncryptAsync(
        ReadOnlyMemory<byte> plaintext, SopsFormat format, IKeyService keys, EncryptOptions options, CancellationToken cancellationToken)
    {
        var trees = LoadPlain(plaintext, SopsStores.For(format, options.Stores));
        var document = await EncryptAsync(trees, format, keys, options, cancellationToken).ConfigureAwait(false);
        return SopsStores.For(options.OutputFormat ?? format, options.Stores).EmitEncrypted(document.Trees, document.Metadata);
    }

    /// <summary>Reads a file that is to be encrypted.</summary>
    internal static IReadOnlyList<TreeNode> LoadPlain(ReadOnlyMemory<byte> plaintext, ISopsStore store)
    {
        IReadOnlyList<TreeNode> trees;
        try
        {
            trees = store.LoadPlain(plaintext);
        }
        catch (SopsException failure) when (failure.Code == SopsExitCode.CannotRead)
        {
            throw new SopsException(failure.Code, $"Error unmarshalling file: {failure.Message}", failure);
        }

        if (trees.Count == 0)
        {
            throw new SopsException(SopsExitCode.EmptyFile, "File cannot be completely empty, it must contain at least one document");
        }

        return store.HasMetadata(trees) ? throw new SopsException(SopsExitCode.AlreadyEncrypted, AlreadyEncrypted) : trees;
    }

    internal static async Task<SopsDocument> EncryptAsync(
        IReadOnlyList<TreeNode> trees, SopsFormat format, IKeyService keys, EncryptOptions options, CancellationToken cancellationToken)
    {
        using var dataKey = DataKeys.Create();
        var groups = await DataKeys.WrapAsync(dataKey, options.KeyGroups, options.ShamirThreshold, keys, options.Clock, cancellationToken).ConfigureAwait(false);
        using var cipher = new ValueCipher(dataKey);
        return DocumentSealer.Seal(trees, CreateMetadata(format, groups, options), cipher, options.Clock);
    }

    /// <remarks>Compatibility: the content of a binary file is one value under <c>data</c>, always encrypted, and its metadata names no rule.</remarks>
    internal static SopsMetadata CreateMetadata(SopsFormat format, IReadOnlyList<KeyGroup> groups, EncryptOptions options) => new()
    {
        KeyGroups = groups,
        ShamirThreshold = groups.Count > 1 ? DataKeys.ThresholdOf(options.ShamirThreshold, groups.Count) : 0,
        Rule = format == SopsFormat.Binary ? null : options.Rule ?? SelectionRule.Default,
        IsMacOnlyEncrypted = format != SopsFormat.Binary && options.IsMacOnlyEncrypted,
        Version = DocumentSealer.Version,
    };
}
