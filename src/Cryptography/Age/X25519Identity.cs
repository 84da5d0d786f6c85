using System.Security.Cryptography;
using SecretsOps.Cryptography.Bech32;

namespace SecretsOps.Cryptography.Age;

/// <summary>An ordinary private key, <c>AGE-SECRET-KEY-1…</c>.</summary>
public sealed class X25519Identity : AgeIdentity
{
    private const string Prefix = "age-secret-key-";

    private readonly SecretBytes _privateKey;
    private readonly byte[] _publicKey;

    private X25519Identity(SecretBytes privateKey)
    {
        _privateKey = privateKey;
        _publicKey = X25519.PublicKey(privateKey.Span);
    }

    /// <summary>The recipient that this key opens.</summary>
    public X25519Recipient Recipient => new(_publicKey);

    /// <summary>Makes a new key.</summary>
    public static X25519Identity Generate() => new(SecretBytes.Random(X25519.KeySize));

    /// <summary>Reads <c>AGE-SECRET-KEY-1…</c>.</summary>
    /// <exception cref="AgeException">The text is malformed; the message does not repeat it.</exception>
    public static new X25519Identity Parse(string text)
    {
        if (!Bech32Text.TryDecode(text, out var prefix, out var privateKey)
            || prefix != Prefix
            || privateKey.Length != X25519.KeySize
            || char.IsAsciiLetterLower(text[0]))
        {
            throw new AgeException(AgeFailure.Header, "malformed secret key: expected 'AGE-SECRET-KEY-1' and 58 characters with their checksum");
        }

        var secret = new SecretBytes(privateKey);
        CryptographicOperations.ZeroMemory(privateKey);
        return new(secret);
    }

    /// <inheritdoc/>
    public override SecretBytes? TryUnwrap(IReadOnlyList<Stanza> stanzas)
    {
        foreach (var stanza in stanzas)
        {
            if (stanza.Type == X25519Recipient.StanzaType && TryUnwrap(stanza) is { } fileKey)
            {
                return fileKey;
            }
        }

        return null;
    }

    /// <summary>The secret text form, for a new identity file.</summary>
    public string ToSecretText() => Bech32Text.Encode(Prefix, _privateKey.Span).ToUpperInvariant();

    /// <summary>Names the recipient, never the key.</summary>
    public override string ToString() => $"identity of {Recipient}";

    private SecretBytes? TryUnwrap(Stanza stanza)
    {
        if (stanza.Arguments is not [var argument]
            || !UnpaddedBase64.TryDecode(argument, out var share)
            || share.Length != X25519.KeySize
            || stanza.Body.Length != FileKeyWrap.WrappedSize)
        {
            throw AgeHeader.Malformed("invalid X25519 recipient block");
        }

        Span<byte> shared = stackalloc byte[X25519.KeySize];
        if (!X25519.TryAgree(_privateKey.Span, share, shared))
        {
            throw AgeHeader.Malformed("invalid X25519 recipient: the shared secret is zero");
        }

        Span<byte> wrapKey = stackalloc byte[FileKeyWrap.KeySize];
        X25519Recipient.DeriveWrapKey(shared, share, _publicKey, wrapKey);
        var fileKey = FileKeyWrap.TryUnwrap(wrapKey, stanza.Body.Span);
        CryptographicOperations.ZeroMemory(wrapKey);
        CryptographicOperations.ZeroMemory(shared);
        return fileKey;
    }
}
