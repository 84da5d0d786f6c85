using System.Security.Cryptography;

namespace SecretsOps.Cryptography.Age.Ssh;

// -> ssh-ed25519 TAG SHARE
// tweak = HKDF(ikm = "", salt = wire form of the public key, info), 32 bytes
// shared = X25519(tweak, X25519(ephemeral, Montgomery form of the key))
// body: the file key under HKDF(ikm = shared, salt = SHARE | Montgomery form, info "age-encryption.org/v1/ssh-ed25519")

/// <summary>An SSH Ed25519 public key as recipient.</summary>
internal sealed class SshEd25519Recipient(SshPublicKey key) : AgeRecipient
{
    internal static ReadOnlySpan<byte> Info => "age-encryption.org/v1/ssh-ed25519"u8;

    public override IReadOnlyList<Stanza> Wrap(ReadOnlySpan<byte> fileKey)
    {
        var montgomery = key.ToMontgomery();
        using var ephemeral = SecretBytes.Random(X25519.KeySize);
        var share = X25519.PublicKey(ephemeral.Span);
        using var wrapKey = TryDeriveWrapKey(key, montgomery, ephemeral.Span, montgomery, share)
            ?? throw new AgeException(AgeFailure.Header, "the SSH Ed25519 key is a point of small order");
        return [new Stanza(SshPublicKey.Ed25519, [key.Tag, UnpaddedBase64.Encode(share)], FileKeyWrap.Wrap(wrapKey.Span, fileKey))];
    }

    /// <summary>Derives the wrap key from either side's private key and the other side's public one.</summary>
    internal static SecretBytes? TryDeriveWrapKey(SshPublicKey key, byte[] montgomery, ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peer, ReadOnlySpan<byte> share)
    {
        Span<byte> tweak = stackalloc byte[X25519.KeySize];
        // HKDF of an empty key, in its two steps: OpenSSL 3 refuses an empty key in one.
        HKDF.Expand(HashAlgorithmName.SHA256, HMACSHA256.HashData(key.Wire, Array.Empty<byte>()), tweak, Info);
        using var untweaked = new SecretBytes(X25519.KeySize);
        using var shared = new SecretBytes(X25519.KeySize);
        if (!X25519.TryAgree(privateKey, peer, untweaked.Span) || !X25519.TryAgree(tweak, untweaked.Span, shared.Span))
        {
            return null;
        }

        var wrapKey = new SecretBytes(FileKeyWrap.KeySize);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared.Span, wrapKey.Span, [.. share, .. montgomery], Info);
        return wrapKey;
    }
}
