namespace SecretsOps.Cryptography.Aead;

/// <summary>ChaCha20-Poly1305 (RFC 8439) as age uses it: key 32 bytes, nonce 12, tag 16, no associated data. Not thread-safe.</summary>
/// <remarks>.NET's class of that name brings libssl into the process, which costs every short-lived one a millisecond.</remarks>
internal sealed class ChaChaCipher : IDisposable
{
    public const int KeySize = 32;
    public const int NonceSize = 12;
    public const int TagSize = 16;

    private readonly IAeadEngine _engine;

    public ChaChaCipher(ReadOnlySpan<byte> key)
        : this(new GrowingAeadEngine(AeadAlgorithm.ChaCha20Poly1305, key))
    {
    }

    internal ChaChaCipher(IAeadEngine engine) => _engine = engine;

    /// <summary>Writes the ciphertext and its tag: <paramref name="sealedText"/> is 16 bytes longer than the plaintext.</summary>
    public void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> sealedText) =>
        _engine.Encrypt(nonce, [], plaintext, sealedText[..plaintext.Length], sealedText.Slice(plaintext.Length, TagSize));

    /// <summary>Writes the plaintext of ciphertext and tag; false, with the plaintext zeroed, when they are not genuine.</summary>
    public bool TryDecrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedText, Span<byte> plaintext)
    {
        var isGenuine = _engine.TryDecrypt(nonce, [], sealedText[..^TagSize], sealedText[^TagSize..], plaintext);
        if (!isGenuine)
        {
            plaintext.Clear();
        }

        return isGenuine;
    }

    public void Dispose() => _engine.Dispose();
}
