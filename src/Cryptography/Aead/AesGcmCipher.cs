namespace SecretsOps.Cryptography.Aead;

/// <summary>AES-256-GCM under one key with nonces of any length; the key schedule is set up once and kept.</summary>
/// <remarks>
/// NIST SP 800-38D. Key 32 bytes, tag 16 bytes. A nonce of 12 bytes is used as it is; any other length goes through GHASH (section 7.1, step 2),
/// which the BCL's AesGcm does not offer and SOPS needs (32 bytes). Not thread-safe.
/// </remarks>
public sealed class AesGcmCipher : IDisposable
{
    /// <summary>Bytes of the key.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes of the tag.</summary>
    public const int TagSize = 16;

    // libcrypto refuses longer nonces (EVP_MAX_IV_LENGTH is 16, GCM's own limit 128); SOPS writes 32.
    private const int MaxNonceSize = 128;

    private readonly IAeadEngine _engine;

    /// <summary>Takes a key of 32 bytes.</summary>
    /// <exception cref="ArgumentException">The key is not 32 bytes long.</exception>
    public AesGcmCipher(ReadOnlySpan<byte> key)
        : this(new GrowingAeadEngine(AeadAlgorithm.Aes256Gcm, Checked(key)))
    {
    }

    internal AesGcmCipher(IAeadEngine engine) => _engine = engine;

    /// <summary>Encrypts into <paramref name="ciphertext"/> (same length) and <paramref name="tag"/> (16 bytes).</summary>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag)
    {
        CheckNonce(nonce);
        if (ciphertext.Length != plaintext.Length || tag.Length != TagSize)
        {
            throw new ArgumentException($"The ciphertext must have the plaintext's {plaintext.Length} bytes and the tag {TagSize}.");
        }

        _engine.Encrypt(nonce, associatedData, plaintext, ciphertext, tag);
    }

    /// <summary>Decrypts into <paramref name="plaintext"/>; false, with the plaintext zeroed, when the tag does not match.</summary>
    /// <exception cref="ArgumentException">The lengths of ciphertext and plaintext differ.</exception>
    public bool TryDecrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext)
    {
        if (ciphertext.Length != plaintext.Length)
        {
            throw new ArgumentException($"The plaintext must have the ciphertext's {ciphertext.Length} bytes.");
        }

        var isGenuine = nonce.Length is > 0 and <= MaxNonceSize
            && tag.Length == TagSize
            && _engine.TryDecrypt(nonce, associatedData, ciphertext, tag, plaintext);
        if (!isGenuine)
        {
            plaintext.Clear();
        }

        return isGenuine;
    }

    /// <summary>Wipes the key schedule.</summary>
    public void Dispose() => _engine.Dispose();

    private static ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> key) =>
        key.Length == KeySize ? key : throw new ArgumentException($"An AES-256 key has {KeySize} bytes, not {key.Length}.", nameof(key));

    private static void CheckNonce(ReadOnlySpan<byte> nonce)
    {
        if (nonce.Length is 0 or > MaxNonceSize)
        {
            throw new ArgumentException($"A nonce has 1 to {MaxNonceSize} bytes, not {nonce.Length}.", nameof(nonce));
        }
    }
}
