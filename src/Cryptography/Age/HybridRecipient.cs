using SecretsOps.Cryptography.Bech32;

namespace SecretsOps.Cryptography.Age;

// -> mlkem768x25519 ENCAPSULATION      1120 bytes
// body: HPKE (KEM 0x647a, HKDF-SHA-256, ChaCha20-Poly1305), info "age-encryption.org/mlkem768x25519"

/// <summary>A recipient that stays closed to quantum computers too, <c>age1pq1…</c>.</summary>
public sealed class HybridRecipient : AgeRecipient
{
    internal const string StanzaType = "mlkem768x25519";
    internal const ushort KemId = 0x647a;
    private const string Prefix = "age1pq";

    private readonly byte[] _publicKey;

    internal HybridRecipient(byte[] publicKey) => _publicKey = publicKey;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels => ["postquantum"];

    internal static ReadOnlySpan<byte> Info => "age-encryption.org/mlkem768x25519"u8;

    /// <summary>Reads <c>age1pq1…</c>.</summary>
    /// <exception cref="AgeException">The text is malformed.</exception>
    public static new HybridRecipient Parse(string text) =>
        Bech32Text.TryDecode(text, out var prefix, out var publicKey) && prefix == Prefix && HybridKem.IsValidPublicKey(publicKey)
            ? new(publicKey)
            : throw new AgeException(AgeFailure.Header, $"malformed recipient \"{text[..Math.Min(text.Length, 24)]}…\": expected 'age1pq1' and 1952 characters with their checksum");

    /// <inheritdoc/>
    public override IReadOnlyList<Stanza> Wrap(ReadOnlySpan<byte> fileKey)
    {
        var (encapsulation, shared) = HybridKem.Encapsulate(_publicKey);
        using (shared)
        {
            using var seal = new HpkeSeal(KemId, shared.Span, Info);
            return [new Stanza(StanzaType, [UnpaddedBase64.Encode(encapsulation)], seal.Seal(fileKey))];
        }
    }

    /// <summary>The text form, <c>age1pq1…</c>.</summary>
    public override string ToString() => Bech32Text.Encode(Prefix, _publicKey);
}
