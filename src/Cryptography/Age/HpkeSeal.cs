using System.Security.Cryptography;

namespace SecretsOps.Cryptography.Age;

// HPKE base mode (RFC 9180) after the KEM: KDF 0x0001 HKDF-SHA-256, AEAD 0x0003 ChaCha20-Poly1305, one message, no
// associated data. suite = "HPKE" | KEM | KDF | AEAD; every HKDF input carries "HPKE-v1" | suite | label.

/// <summary>The key schedule of HPKE for a single message.</summary>
internal sealed class HpkeSeal : IDisposable
{
    private const int KeySize = 32;
    private const int NonceSize = 12;
    private const int HashSize = 32;

    private readonly byte[] _suite;
    private readonly SecretBytes _key;
    private readonly byte[] _nonce;

    public HpkeSeal(ushort kemId, ReadOnlySpan<byte> sharedSecret, ReadOnlySpan<byte> info)
    {
        _suite = [.. "HPKE"u8, (byte)(kemId >> 8), (byte)(kemId & 0xff), 0x00, 0x01, 0x00, 0x03];
        byte[] context = [0x00, .. LabeledExtract([], "psk_id_hash"u8, []), .. LabeledExtract([], "info_hash"u8, info)];
        var secret = LabeledExtract(sharedSecret, "secret"u8, []);
        _key = new SecretBytes(KeySize);
        LabeledExpand(secret, "key"u8, context, _key.Span);
        _nonce = new byte[NonceSize];
        LabeledExpand(secret, "base_nonce"u8, context, _nonce);
        CryptographicOperations.ZeroMemory(secret);
    }

    public byte[] Seal(ReadOnlySpan<byte> fileKey) => FileKeyWrap.Wrap(_key.Span, _nonce, fileKey);

    public SecretBytes? TryOpen(ReadOnlySpan<byte> body) => FileKeyWrap.TryUnwrap(_key.Span, _nonce, body);

    public void Dispose() => _key.Dispose();

    private byte[] LabeledExtract(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> label, ReadOnlySpan<byte> inputKey)
    {
        byte[] labeled = [.. "HPKE-v1"u8, .. _suite, .. label, .. inputKey];
        var extracted = new byte[HashSize];
        HKDF.Extract(HashAlgorithmName.SHA256, labeled, salt, extracted);
        return extracted;
    }

    private void LabeledExpand(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> info, Span<byte> output)
    {
        byte[] labeled = [0x00, (byte)output.Length, .. "HPKE-v1"u8, .. _suite, .. label, .. info];
        HKDF.Expand(HashAlgorithmName.SHA256, secret, output, labeled);
    }
}
