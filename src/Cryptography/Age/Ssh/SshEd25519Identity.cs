using System.Security.Cryptography;

namespace SecretsOps.Cryptography.Age.Ssh;

/// <summary>An SSH Ed25519 private key.</summary>
internal sealed class SshEd25519Identity : AgeIdentity
{
    private readonly SshPublicKey _publicKey;
    private readonly byte[] _montgomery;
    private readonly SecretBytes _scalar;

    private SshEd25519Identity(SecretBytes scalar, SshPublicKey publicKey)
    {
        _scalar = scalar;
        _publicKey = publicKey;
        _montgomery = X25519.PublicKey(scalar.Span);
    }

    /// <summary>The first half of SHA-512(seed) is the scalar; X25519 clamps it.</summary>
    public static SshEd25519Identity FromSeed(ReadOnlySpan<byte> seed, SshPublicKey publicKey)
    {
        using var hash = new SecretBytes(SHA512.HashSizeInBytes);
        SHA512.HashData(seed, hash.Span);
        var identity = new SshEd25519Identity(new SecretBytes(hash.Span[..X25519.KeySize]), publicKey);
        return CryptographicOperations.FixedTimeEquals(identity._montgomery, publicKey.ToMontgomery())
            ? identity
            : throw new AgeException(AgeFailure.Header, "malformed SSH key: its public part does not belong to its private part");
    }

    public override SecretBytes? TryUnwrap(IReadOnlyList<Stanza> stanzas)
    {
        foreach (var stanza in stanzas)
        {
            if (stanza.Type == SshPublicKey.Ed25519 && TryUnwrap(stanza) is { } fileKey)
            {
                return fileKey;
            }
        }

        return null;
    }

    private SecretBytes? TryUnwrap(Stanza stanza)
    {
        if (stanza.Arguments is not [var tag, var shareText]
            || !UnpaddedBase64.TryDecode(shareText, out var share)
            || share.Length != X25519.KeySize
            || stanza.Body.Length != FileKeyWrap.WrappedSize)
        {
            throw AgeHeader.Malformed("invalid ssh-ed25519 recipient block");
        }

        if (tag != _publicKey.Tag)
        {
            return null;
        }

        using var wrapKey = SshEd25519Recipient.TryDeriveWrapKey(_publicKey, _montgomery, _scalar.Span, share, share)
            ?? throw AgeHeader.Malformed("invalid ssh-ed25519 recipient: the shared secret is zero");
        return FileKeyWrap.TryUnwrap(wrapKey.Span, stanza.Body.Span);
    }
}
