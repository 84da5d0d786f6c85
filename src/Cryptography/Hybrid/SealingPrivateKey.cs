using System.Security.Cryptography;

namespace SecretsOps.Cryptography.Hybrid;

/// <summary>The RSA key that sealed values are opened with; safe for concurrent callers.</summary>
/// <remarks>Holds the private numbers in libcrypto's memory where there is a libcrypto, and wipes the ones it was made from.</remarks>
public sealed class SealingPrivateKey : IDisposable
{
    private readonly IOaepPrivateKey _oaep;

    private SealingPrivateKey(SealingPublicKey publicKey, IOaepPrivateKey oaep)
    {
        PublicKey = publicKey;
        _oaep = oaep;
    }

    internal delegate IOaepPrivateKey OaepFactory(in RSAParameters key);

    /// <summary>The other half.</summary>
    public SealingPublicKey PublicKey { get; }

    /// <summary>Reads a PEM private key: PKCS#1, PKCS#8, and as far as to say so, SEC1.</summary>
    /// <exception cref="CryptographicException">There is no private key block, it is not RSA, or its numbers do not belong together.</exception>
    public static SealingPrivateKey FromPem(ReadOnlySpan<byte> pem) =>
        FromPem(pem, Libcrypto.IsAvailable ? LibcryptoOaepKey.FromPrivate : BouncyCastleOaepPrivateKey.FromPrivate);

    internal static SealingPrivateKey FromPem(ReadOnlySpan<byte> pem, OaepFactory factory)
    {
        var parameters = RsaPrivateKeyReader.ReadPem(pem);
        try
        {
            return new(new SealingPublicKey(parameters.Modulus, parameters.Exponent), factory(parameters));
        }
        finally
        {
            RsaPrivateKeyReader.Wipe(parameters);
        }
    }

    /// <summary>Decrypts one RSA block; the number of bytes written, or -1.</summary>
    internal int Decrypt(ReadOnlySpan<byte> block, ReadOnlySpan<byte> label, Span<byte> data) =>
        block.Length == PublicKey.BlockLength && block.SequenceCompareTo(PublicKey.Modulus) < 0 ? _oaep.Decrypt(block, label, data) : -1;

    /// <summary>Wipes and releases the native key.</summary>
    public void Dispose()
    {
        _oaep.Dispose();
        PublicKey.Dispose();
    }

    /// <summary>The fingerprint, never the key.</summary>
    public override string ToString() => $"private key of {PublicKey.Fingerprint}";
}
