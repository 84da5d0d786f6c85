using System.Security.Cryptography;
using SecretsOps.Cryptography.Bech32;

namespace SecretsOps.Cryptography.Age;

/// <summary>A hybrid post-quantum private key, <c>AGE-SECRET-KEY-PQ-1…</c>.</summary>
public sealed class HybridIdentity : AgeIdentity
{
    private const string Prefix = "age-secret-key-pq-";

    private readonly SecretBytes _seed;

    private HybridIdentity(SecretBytes seed) => _seed = seed;

    /// <summary>The recipient that this key opens.</summary>
    public HybridRecipient Recipient => new(HybridKem.PublicKey(_seed.Span));

    /// <summary>Makes a new key.</summary>
    public static HybridIdentity Generate() => new(SecretBytes.Random(HybridKem.SeedSize));

    /// <summary>Reads <c>AGE-SECRET-KEY-PQ-1…</c>.</summary>
    /// <exception cref="AgeException">The text is malformed; the message does not repeat it.</exception>
    public static new HybridIdentity Parse(string text)
    {
        if (!Bech32Text.TryDecode(text, out var prefix, out var seed)
            || prefix != Prefix
            || seed.Length != HybridKem.SeedSize
            || char.IsAsciiLetterLower(text[0]))
        {
            throw new AgeException(AgeFailure.Header, "malformed secret key: expected 'AGE-SECRET-KEY-PQ-1' and 58 characters with their checksum");
        }

        var secret = new SecretBytes(seed);
        CryptographicOperations.ZeroMemory(seed);
        return new(secret);
    }

    /// <inheritdoc/>
    public override SecretBytes? TryUnwrap(IReadOnlyList<Stanza> stanzas)
    {
        foreach (var stanza in stanzas)
        {
            if (stanza.Type == HybridRecipient.StanzaType && TryUnwrap(stanza) is { } fileKey)
            {
                return fileKey;
            }
        }

        return null;
    }

    /// <summary>The secret text form, for a new identity file.</summary>
    public string ToSecretText() => Bech32Text.Encode(Prefix, _seed.Span).ToUpperInvariant();

    /// <summary>Says what it is, never the key.</summary>
    public override string ToString() => "hybrid post-quantum identity";

    private SecretBytes? TryUnwrap(Stanza stanza)
    {
        if (stanza.Arguments is not [var argument]
            || !UnpaddedBase64.TryDecode(argument, out var encapsulation)
            || encapsulation.Length != HybridKem.EncapsulationSize
            || stanza.Body.Length != FileKeyWrap.WrappedSize)
        {
            throw AgeHeader.Malformed("invalid mlkem768x25519 recipient block");
        }

        using var shared = HybridKem.TryDecapsulate(_seed.Span, encapsulation)
            ?? throw AgeHeader.Malformed("invalid mlkem768x25519 recipient: the shared secret is zero");
        using var seal = new HpkeSeal(HybridRecipient.KemId, shared.Span, HybridRecipient.Info);
        return seal.TryOpen(stanza.Body.Span);
    }
}
