namespace SecretsOps.Cryptography.Hybrid;

/// <summary>RSA-OAEP with a label under one public key: libcrypto where it is present, BouncyCastle where not.</summary>
internal interface IOaepPublicKey : IDisposable
{
    /// <summary>Encrypts <paramref name="data"/> into <paramref name="block"/>, which is as long as the modulus.</summary>
    void Encrypt(ReadOnlySpan<byte> data, ReadOnlySpan<byte> label, Span<byte> block);
}

/// <summary>RSA-OAEP with a label under one private key; safe for concurrent callers.</summary>
internal interface IOaepPrivateKey : IDisposable
{
    /// <summary>Decrypts a block as long as the modulus; the number of bytes written, or -1, whatever was wrong.</summary>
    int Decrypt(ReadOnlySpan<byte> block, ReadOnlySpan<byte> label, Span<byte> data);
}
