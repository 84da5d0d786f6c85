using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using SecretsOps.Cryptography.Aead;

namespace SecretsOps.Cryptography.Hybrid;

// What:       the hybrid encryption of Bitnami Sealed Secrets, one value at a time.
// References: RFC 8017 section 7.1 (RSAES-OAEP), NIST SP 800-38D (GCM), compatibility.md rows WF-1 to WF-15.
// Sizes:      k = RSA modulus in bytes; session key 32; nonce 12 zero bytes (the key is used once); tag 16; no associated data.
// Wire:       | 2 bytes: k, big-endian | k bytes: OAEP(SHA-256, MGF1-SHA-256, label; session key) | n bytes | 16 bytes: tag |
// Failures:   wrong key, wrong label, damaged anything: one and the same answer.

/// <summary>Seals and opens values in the format of Sealed Secrets: RSA-OAEP with a label around an AES-256-GCM session key.</summary>
public static class HybridCipher
{
    private const int PrefixLength = 2;
    private const int SessionKeyLength = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    /// <summary>Encrypts <paramref name="plaintext"/> under a fresh session key bound to <paramref name="label"/>.</summary>
    /// <exception cref="CryptographicException">The RSA key is unusable.</exception>
    public static byte[] Seal(SealingPublicKey key, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> label)
    {
        ArgumentNullException.ThrowIfNull(key);
        var envelope = new byte[PrefixLength + key.BlockLength + plaintext.Length + TagLength];
        BinaryPrimitives.WriteUInt16BigEndian(envelope, checked((ushort)key.BlockLength));
        using var sessionKey = SecretBytes.Random(SessionKeyLength);
        key.Oaep.Encrypt(sessionKey.Span, label, envelope.AsSpan(PrefixLength, key.BlockLength));

        var body = envelope.AsSpan(PrefixLength + key.BlockLength);
        using var aes = new AesGcmCipher(sessionKey.Span);
        aes.Encrypt(stackalloc byte[NonceLength], [], plaintext, body[..plaintext.Length], body[plaintext.Length..]);
        return envelope;
    }

    /// <summary>Opens a sealed value; false when this key with this label does not open it, whatever the cause.</summary>
    public static bool TryUnseal(SealingPrivateKey key, ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> label, [NotNullWhen(true)] out SecretBytes? plaintext)
    {
        ArgumentNullException.ThrowIfNull(key);
        plaintext = null;
        return BlockLengthOf(envelope) is { } blockLength
            && blockLength == key.PublicKey.BlockLength
            && TryUnsealCore(key, envelope.Slice(PrefixLength, blockLength), envelope[(PrefixLength + blockLength)..], label, out plaintext);
    }

    /// <summary>The length of the RSA block of a sealed value, which is the modulus length of its key; null when the value is too short to be one.</summary>
    public static int? BlockLengthOf(ReadOnlySpan<byte> envelope)
    {
        if (envelope.Length < PrefixLength)
        {
            return null;
        }

        var blockLength = BinaryPrimitives.ReadUInt16BigEndian(envelope);
        return envelope.Length >= PrefixLength + blockLength + TagLength ? blockLength : null;
    }

    private static bool TryUnsealCore(SealingPrivateKey key, ReadOnlySpan<byte> block, ReadOnlySpan<byte> body, ReadOnlySpan<byte> label, [NotNullWhen(true)] out SecretBytes? plaintext)
    {
        plaintext = null;
        Span<byte> sessionKey = stackalloc byte[SessionKeyLength];
        try
        {
            var length = key.Decrypt(block, label, sessionKey);
            return length is 16 or 24 or 32 && TryOpen(sessionKey[..length], body, out plaintext);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(sessionKey);
        }
    }

    private static bool TryOpen(ReadOnlySpan<byte> sessionKey, ReadOnlySpan<byte> body, [NotNullWhen(true)] out SecretBytes? plaintext)
    {
        plaintext = null;
        var value = new SecretBytes(body.Length - TagLength);
        var isGenuine = sessionKey.Length == SessionKeyLength
            ? TryOpenAes256(sessionKey, body, value.Span)
            : TryOpenShorterKey(sessionKey, body, value.Span);
        if (!isGenuine)
        {
            value.Dispose();
            return false;
        }

        plaintext = value;
        return true;
    }

    private static bool TryOpenAes256(ReadOnlySpan<byte> sessionKey, ReadOnlySpan<byte> body, Span<byte> plaintext)
    {
        using var aes = new AesGcmCipher(sessionKey);
        return aes.TryDecrypt(stackalloc byte[NonceLength], [], body[..^TagLength], body[^TagLength..], plaintext);
    }

    // Compatibility: upstream takes any session key that AES takes; nothing is known to write 16 or 24 bytes.
    private static bool TryOpenShorterKey(ReadOnlySpan<byte> sessionKey, ReadOnlySpan<byte> body, Span<byte> plaintext)
    {
        try
        {
            using var aes = new AesGcm(sessionKey, TagLength);
            aes.Decrypt(stackalloc byte[NonceLength], body[..^TagLength], body[^TagLength..], plaintext);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }
}
