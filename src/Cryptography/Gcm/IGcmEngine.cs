namespace SecretsOps.Cryptography.Gcm;

/// <summary>One implementation of AES-256-GCM under a fixed key: libcrypto, or BouncyCastle where libcrypto is missing.</summary>
/// <remarks>Lengths are checked by <see cref="AesGcmCipher"/>.</remarks>
internal interface IGcmEngine : IDisposable
{
    void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag);

    bool TryDecrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext);
}
