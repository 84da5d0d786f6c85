using System.Security.Cryptography;

namespace SecretsOps.Cryptography.Age;

/// <summary>The wrap that most stanzas share: ChaCha20-Poly1305 under a one-time key with a zero nonce.</summary>
internal static class FileKeyWrap
{
    public const int KeySize = 32;
    public const int WrappedSize = AgeHeader.FileKeySize + TagSize;
    private const int TagSize = 16;
    private const int NonceSize = 12;

    public static byte[] Wrap(ReadOnlySpan<byte> wrapKey, ReadOnlySpan<byte> fileKey) => Wrap(wrapKey, new byte[NonceSize], fileKey);

    public static byte[] Wrap(ReadOnlySpan<byte> wrapKey, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> fileKey)
    {
        var body = new byte[fileKey.Length + TagSize];
        using var cipher = new ChaCha20Poly1305(wrapKey);
        cipher.Encrypt(nonce, fileKey, body.AsSpan(0, fileKey.Length), body.AsSpan(fileKey.Length));
        return body;
    }

    public static SecretBytes? TryUnwrap(ReadOnlySpan<byte> wrapKey, ReadOnlySpan<byte> body) => TryUnwrap(wrapKey, new byte[NonceSize], body);

    public static SecretBytes? TryUnwrap(ReadOnlySpan<byte> wrapKey, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> body)
    {
        var fileKey = new SecretBytes(AgeHeader.FileKeySize);
        using var cipher = new ChaCha20Poly1305(wrapKey);
        try
        {
            cipher.Decrypt(nonce, body[..^TagSize], body[^TagSize..], fileKey.Span);
            return fileKey;
        }
        catch (AuthenticationTagMismatchException)
        {
            fileKey.Dispose();
            return null;
        }
    }
}
