using System.Buffers.Binary;
using System.Security.Cryptography;
using SecretsOps.Cryptography.Aead;

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
    public const int TagSize = ChaChaCipher.TagSize;

    private readonly ChaChaCipher _cipher;
    private ulong _counter;

    public PayloadCipher(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> nonce)
    {
        Span<byte> key = stackalloc byte[ChaChaCipher.KeySize];
        HkdfSha256.DeriveKey(fileKey, key, nonce, "payload"u8);
        _cipher = new ChaChaCipher(key);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>Writes ciphertext and tag of <paramref name="plaintext"/>.</summary>
    public void EncryptChunk(ReadOnlySpan<byte> plaintext, Span<byte> chunk, ChunkPosition position)
    {
        Span<byte> nonce = stackalloc byte[ChaChaCipher.NonceSize];
        FillNonce(nonce, position);
        _cipher.Encrypt(nonce, plaintext, chunk);
        _counter++;
    }

    /// <summary>Writes the plaintext of <paramref name="chunk"/>, or says that it is not authentic.</summary>
    public bool TryDecryptChunk(ReadOnlySpan<byte> chunk, Span<byte> plaintext, ChunkPosition position)
    {
        Span<byte> nonce = stackalloc byte[ChaChaCipher.NonceSize];
        FillNonce(nonce, position);
        if (!_cipher.TryDecrypt(nonce, chunk, plaintext[..(chunk.Length - TagSize)]))
        {
            return false;
        }

        _counter++;
        return true;
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
