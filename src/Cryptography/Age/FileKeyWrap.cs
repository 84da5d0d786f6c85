using SecretsOps.Cryptography.Aead;

namespace SecretsOps.Cryptography.Age;

/// <summary>The wrap that most stanzas share: ChaCha20-Poly1305 under a one-time key with a zero nonce.</summary>
internal static class FileKeyWrap
{
    public const int KeySize = ChaChaCipher.KeySize;
    public const int WrappedSize = AgeHeader.FileKeySize + ChaChaCipher.TagSize;

    public static byte[] Wrap(ReadOnlySpan<byte> wrapKey, ReadOnlySpan<byte> fileKey) => Wrap(wrapKey, new byte[ChaChaCipher.NonceSize], fileKey);

    public static byte[] Wrap(ReadOnlySpan<byte> wrapKey, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> fileKey)
    {
        var body = new byte[fileKey.Length + ChaChaCipher.TagSize];
        using var cipher = new ChaChaCipher(wrapKey);
        cipher.Encrypt(nonce, fileKey, body);
        return body;
    }

    public static SecretBytes? TryUnwrap(ReadOnlySpan<byte> wrapKey, ReadOnlySpan<byte> body) => TryUnwrap(wrapKey, new byte[ChaChaCipher.NonceSize], body);

    public static SecretBytes? TryUnwrap(ReadOnlySpan<byte> wrapKey, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> body)
    {
        var fileKey = new SecretBytes(AgeHeader.FileKeySize);
        using var cipher = new ChaChaCipher(wrapKey);
        if (cipher.TryDecrypt(nonce, body, fileKey.Span))
        {
            return fileKey;
        }

        fileKey.Dispose();
        return null;
    }
}
