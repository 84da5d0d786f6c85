using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SecretsOps.Cryptography.Age;

// STREAM over ChaCha20-Poly1305 (C2SP age.md, "Payload"):
//   nonce (16) | chunk...     chunk = 64 KiB of plaintext, less in the last, + tag (16)
//   payload key = HKDF-SHA-256(ikm = file key, salt = nonce, info = "payload")
//   chunk nonce = 11 bytes big-endian counter | 1 for the last chunk, else 0

/// <summary>Encrypts and decrypts the chunks of one payload in order.</summary>
internal sealed class PayloadCipher : IDisposable
{
    public const int NonceSize = 16;
    public const int ChunkSize = 64 * 1024;
    public const int TagSize = 16;
    private const int KeySize = 32;

    private readonly ChaCha20Poly1305 _cipher;
    private ulong _counter;

    public PayloadCipher(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> nonce)
    {
        Span<byte> key = stackalloc byte[KeySize];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, fileKey, key, nonce, "payload"u8);
        _cipher = new ChaCha20Poly1305(key);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>Writes ciphertext and tag of <paramref name="plaintext"/>.</summary>
    public void EncryptChunk(ReadOnlySpan<byte> plaintext, Span<byte> chunk, ChunkPosition position)
    {
        Span<byte> nonce = stackalloc byte[12];
        FillNonce(nonce, position);
        _cipher.Encrypt(nonce, plaintext, chunk[..plaintext.Length], chunk.Slice(plaintext.Length, TagSize));
        _counter++;
    }

    /// <summary>Writes the plaintext of <paramref name="chunk"/>, or says that it is not authentic.</summary>
    public bool TryDecryptChunk(ReadOnlySpan<byte> chunk, Span<byte> plaintext, ChunkPosition position)
    {
        Span<byte> nonce = stackalloc byte[12];
        FillNonce(nonce, position);
        try
        {
            _cipher.Decrypt(nonce, chunk[..^TagSize], chunk[^TagSize..], plaintext[..(chunk.Length - TagSize)]);
            _counter++;
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public void Dispose() => _cipher.Dispose();

    private void FillNonce(Span<byte> nonce, ChunkPosition position)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(nonce[3..], _counter);
        nonce[11] = position == ChunkPosition.Last ? (byte)1 : (byte)0;
    }
}

/// <summary>Whether more chunks follow.</summary>
internal enum ChunkPosition
{
    Inner,
    Last,
}
