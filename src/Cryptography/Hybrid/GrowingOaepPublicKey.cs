namespace SecretsOps.Cryptography.Hybrid;

/// <summary>Seals the first few values by BouncyCastle and turns to libcrypto once they are worth loading it, or when it is loaded anyway (decision 0014).</summary>
internal sealed class GrowingOaepPublicKey(byte[] modulus, byte[] exponent) : IOaepPublicKey
{
    // In operations: one of BouncyCastle's costs about a quarter of loading libcrypto.
    private const int SmallWork = 4;

    private readonly BouncyCastleOaepPublicKey _portable = new(modulus, exponent);
    private readonly Lazy<IOaepPublicKey> _native = new(() => Libcrypto.IsAvailable ? LibcryptoOaepKey.FromPublic(modulus, exponent) : new BouncyCastleOaepPublicKey(modulus, exponent));
    private int _operations;

    public void Encrypt(ReadOnlySpan<byte> data, ReadOnlySpan<byte> label, Span<byte> block)
    {
        IOaepPublicKey key = !Libcrypto.IsLoaded && Interlocked.Increment(ref _operations) <= SmallWork ? _portable : _native.Value;
        key.Encrypt(data, label, block);
    }

    public void Dispose()
    {
        if (_native.IsValueCreated)
        {
            _native.Value.Dispose();
        }
    }
}
