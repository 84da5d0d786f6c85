namespace SecretsOps.Cryptography.Aead;

/// <summary>One implementation of an authenticated cipher under a fixed key: libcrypto, or BouncyCastle where libcrypto is missing.</summary>
/// <remarks>Tags have 16 bytes. Lengths are checked by the callers, <see cref="AesGcmCipher"/> and <see cref="ChaChaCipher"/>.</remarks>
internal interface IAeadEngine : IDisposable
{
    void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag);

    bool TryDecrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext);
}
