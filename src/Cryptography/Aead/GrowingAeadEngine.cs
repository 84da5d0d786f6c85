namespace SecretsOps.Cryptography.Aead;

/// <summary>Begins with BouncyCastle and turns to libcrypto once the work is worth loading it, or when it is loaded anyway.</summary>
internal sealed class GrowingAeadEngine(AeadAlgorithm algorithm, ReadOnlySpan<byte> key) : IAeadEngine
{
    // In bytes; a text costs as much as its length and a constant: the nonce and the tag have to be computed too.
    private const int SmallWork = 32 * 1024;
    private const int CostOfText = 256;

    private readonly byte[] _key = key.ToArray();
    private IAeadEngine? _engine;
    private int _work;

    public void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag) =>
        For(plaintext.Length).Encrypt(nonce, associatedData, plaintext, ciphertext, tag);

    public bool TryDecrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext) =>
        For(ciphertext.Length).TryDecrypt(nonce, associatedData, ciphertext, tag, plaintext);

    public void Dispose()
    {
        _engine?.Dispose();
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(_key);
    }

    private IAeadEngine For(int length)
    {
        if (_engine is LibcryptoAeadEngine || _work == int.MaxValue)
        {
            return _engine!;
        }

        _work = (int)Math.Min((long)_work + length + CostOfText, int.MaxValue - 1);
        if (!Libcrypto.IsLoaded && _work <= SmallWork)
        {
            return _engine ??= new BouncyAeadEngine(algorithm, _key);
        }

        _engine?.Dispose();
        _work = int.MaxValue; // decided for good
        return _engine = Libcrypto.IsAvailable ? new LibcryptoAeadEngine(algorithm, _key) : new BouncyAeadEngine(algorithm, _key);
    }
}
