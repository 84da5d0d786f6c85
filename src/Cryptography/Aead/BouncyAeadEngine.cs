using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace SecretsOps.Cryptography.Aead;

/// <summary>Authenticated ciphers by BouncyCastle, for machines without libcrypto and as the peer in tests.</summary>
internal sealed class BouncyAeadEngine(AeadAlgorithm algorithm, ReadOnlySpan<byte> key) : IAeadEngine
{
    private readonly KeyParameter _key = new(key);

    public void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag)
    {
        var cipher = Start(nonce, associatedData, forEncryption: true);
        var output = new byte[plaintext.Length + AesGcmCipher.TagSize];
        var length = cipher.ProcessBytes(plaintext, output);
        cipher.DoFinal(output.AsSpan(length));
        output.AsSpan(0, plaintext.Length).CopyTo(ciphertext);
        output.AsSpan(plaintext.Length).CopyTo(tag);
    }

    public bool TryDecrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext)
    {
        var cipher = Start(nonce, associatedData, forEncryption: false);
        var output = new byte[ciphertext.Length + AesGcmCipher.TagSize];
        try
        {
            var length = cipher.ProcessBytes(ciphertext, output);
            length += cipher.ProcessBytes(tag, output.AsSpan(length));
            cipher.DoFinal(output.AsSpan(length));
            output.AsSpan(0, plaintext.Length).CopyTo(plaintext);
            return true;
        }
        catch (InvalidCipherTextException)
        {
            return false;
        }
    }

    public void Dispose()
    {
    }

    private IAeadCipher Start(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, bool forEncryption)
    {
        IAeadCipher cipher = algorithm == AeadAlgorithm.Aes256Gcm ? new GcmBlockCipher(AesUtilities.CreateEngine()) : new ChaCha20Poly1305();
        cipher.Init(forEncryption, new AeadParameters(_key, AesGcmCipher.TagSize * 8, nonce.ToArray(), associatedData.ToArray()));
        return cipher;
    }
}
