namespace SecretsOps.Cryptography.Aead;

/// <summary>The authenticated ciphers that the formats use.</summary>
internal enum AeadAlgorithm
{
    /// <summary>NIST SP 800-38D.</summary>
    Aes256Gcm,

    /// <summary>RFC 8439.</summary>
    ChaCha20Poly1305,
}
