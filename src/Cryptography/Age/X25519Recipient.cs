using System.Security.Cryptography;
using SecretsOps.Cryptography.Bech32;

namespace SecretsOps.Cryptography.Age;

// -> X25519 SHARE                 SHARE = X25519(ephemeral, 9), 32 bytes
// body: ChaCha20-Poly1305 of the file key under
//   HKDF-SHA-256(ikm = X25519(ephemeral, recipient), salt = SHARE | recipient, info = "age-encryption.org/v1/X25519")

/// <summary>An ordinary recipient, <c>age1…</c>.</summary>
public sealed class X25519Recipient : AgeRecipient
{
    internal const string StanzaType = "X25519";
    private const string Prefix = "age";

    private readonly byte[] _publicKey;

    internal X25519Recipient(byte[] publicKey) => _publicKey = publicKey;

    /// <summary>Reads <c>age1…</c>.</summary>
    /// <exception cref="AgeException">The text is malformed.</exception>
    public static new X25519Recipient Parse(string text) =>
        Bech32Text.TryDecode(text, out var prefix, out var publicKey) && prefix == Prefix && publicKey.Length == X25519.KeySize
            ? new(publicKey)
            : throw new AgeException(AgeFailure.Header, $"malformed recipient \"{text}\": expected 'age1' and 58 characters with their checksum");

    /// <inheritdoc/>
    public override IReadOnlyList<Stanza> Wrap(ReadOnlySpan<byte> fileKey)
    {
        using var ephemeral = SecretBytes.Random(X25519.KeySize);
        var share = X25519.PublicKey(ephemeral.Span);
        Span<byte> shared = stackalloc byte[X25519.KeySize];
        if (!X25519.TryAgree(ephemeral.Span, _publicKey, shared))
        {
            throw new AgeException(AgeFailure.Header, $"the recipient '{this}' is a point of small order");
        }

        Span<byte> wrapKey = stackalloc byte[FileKeyWrap.KeySize];
        DeriveWrapKey(shared, share, _publicKey, wrapKey);
        var body = FileKeyWrap.Wrap(wrapKey, fileKey);
        CryptographicOperations.ZeroMemory(wrapKey);
        CryptographicOperations.ZeroMemory(shared);
        return [new Stanza(StanzaType, [UnpaddedBase64.Encode(share)], body)];
    }

    /// <summary>The text form, <c>age1…</c>.</summary>
    public override string ToString() => Bech32Text.Encode(Prefix, _publicKey);

    internal static void DeriveWrapKey(ReadOnlySpan<byte> shared, ReadOnlySpan<byte> share, ReadOnlySpan<byte> publicKey, Span<byte> wrapKey) =>
        HkdfSha256.DeriveKey(shared, wrapKey, salt: [.. share, .. publicKey], info: "age-encryption.org/v1/X25519"u8);
}
