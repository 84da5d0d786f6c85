using System.Security.Cryptography;
using System.Text;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement;
using SecretsOps.Sops.Keys;
using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops;

/// <summary>A decrypted document with its data key, ready to be read or to be changed and closed again.</summary>
/// <remarks>Holds plaintext: dispose it, never log it.</remarks>
internal sealed class OpenedDocument : IDisposable
{
    private readonly ValueCipher _cipher;

    private OpenedDocument(SecretBytes dataKey, ValueCipher cipher, IReadOnlyList<TreeNode> trees, SopsMetadata metadata)
    {
        DataKey = dataKey;
        _cipher = cipher;
        Trees = trees;
        Metadata = metadata;
    }

    public SecretBytes DataKey { get; }

    /// <summary>The plaintext.</summary>
    public IReadOnlyList<TreeNode> Trees { get; }

    public SopsMetadata Metadata { get; }

    /// <summary>Gets the data key, decrypts, and verifies the MAC.</summary>
    public static async Task<OpenedDocument> OpenAsync(
        SopsDocument document, IKeyService keys, DecryptOptions options, CancellationToken cancellationToken, bool remembersNonces = false)
    {
        var dataKey = await DataKeys.UnwrapAsync(document.Metadata, keys, options.Order, options.Warn, cancellationToken).ConfigureAwait(false);
        return Open(document, dataKey, options, remembersNonces);
    }

    /// <summary>Decrypts with a data key that is at hand, and takes it over.</summary>
    public static OpenedDocument Open(SopsDocument document, SecretBytes dataKey, DecryptOptions options, bool remembersNonces)
    {
        var metadata = document.Metadata;
        var cipher = new ValueCipher(dataKey) { Stash = remembersNonces ? new NonceStash() : null };
        var (trees, mac) = TreeCipher.Decrypt(document.Trees, cipher, metadata.EffectiveRule, metadata.IsMacOnlyEncrypted, options.Warn);
        if (!options.IgnoresMac)
        {
            VerifyMac(cipher, metadata, mac);
        }

        return new OpenedDocument(dataKey, cipher, trees, metadata);
    }

    /// <summary>A document that is about to be written for the first time; takes the data key over.</summary>
    public static OpenedDocument Create(SecretBytes dataKey, IReadOnlyList<TreeNode> trees, SopsMetadata metadata) =>
        new(dataKey, new ValueCipher(dataKey), trees, metadata);

    /// <summary>Encrypts trees under the same data key with a new MAC and time.</summary>
    public SopsDocument Close(IReadOnlyList<TreeNode> trees, TimeProvider clock) =>
        DocumentSealer.Seal(trees, Metadata, _cipher, clock);

    public void Dispose()
    {
        _cipher.Dispose();
        DataKey.Dispose();
    }

    private static void VerifyMac(ValueCipher cipher, SopsMetadata metadata, string computed)
    {
        if (metadata.Mac.Length == 0)
        {
            throw Mismatch($"MAC mismatch. File has no MAC, computed {computed}");
        }

        string stored;
        try
        {
            stored = Encoding.UTF8.GetString(cipher.Decrypt(Encoding.UTF8.GetBytes(metadata.Mac), Encoding.UTF8.GetBytes(metadata.LastModified)).Plaintext);
        }
        catch (SopsException failure)
        {
            throw Mismatch($"Cannot decrypt MAC: {failure.Message}");
        }

        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(stored), Encoding.UTF8.GetBytes(computed)))
        {
            throw Mismatch($"MAC mismatch. File has {stored}, computed {computed}");
        }
    }

    private static SopsException Mismatch(string message) => new(SopsExitCode.MacMismatch, message);
}
