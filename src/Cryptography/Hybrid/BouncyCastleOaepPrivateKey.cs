using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Encodings;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;

namespace SecretsOps.Cryptography.Hybrid;

/// <summary>A private key for machines without libcrypto: blinded, about nine times slower than <see cref="LibcryptoOaepKey"/>.</summary>
internal sealed class BouncyCastleOaepPrivateKey : IOaepPrivateKey
{
    private readonly RsaPrivateCrtKeyParameters _key;

    private BouncyCastleOaepPrivateKey(RsaPrivateCrtKeyParameters key) => _key = key;

    /// <summary>Takes a key's numbers over; null members count as zero.</summary>
    /// <exception cref="CryptographicException">They are no key.</exception>
    internal static BouncyCastleOaepPrivateKey FromPrivate(in RSAParameters key)
    {
        try
        {
            return new(new RsaPrivateCrtKeyParameters(
                Number(key.Modulus), Number(key.Exponent), Number(key.D), Number(key.P), Number(key.Q), Number(key.DP), Number(key.DQ), Number(key.InverseQ)));
        }
        catch (Exception refused) when (refused is ArgumentException or ArithmeticException)
        {
            throw new CryptographicException("BouncyCastle does not accept this RSA key.", refused);
        }
    }

    public int Decrypt(ReadOnlySpan<byte> block, ReadOnlySpan<byte> label, Span<byte> data)
    {
        var encoding = new OaepEncoding(new RsaBlindedEngine(), new Sha256Digest(), new Sha256Digest(), label.ToArray());
        encoding.Init(false, _key);
        try
        {
            var plain = encoding.ProcessBlock(block.ToArray(), 0, block.Length);
            var length = plain.Length <= data.Length ? plain.Length : -1;
            plain.AsSpan(0, Math.Max(length, 0)).CopyTo(data);
            CryptographicOperations.ZeroMemory(plain);
            return length;
        }
        catch (Exception refused) when (refused is CryptoException or ArithmeticException or ArgumentException)
        {
            return -1; // padding, label, range: all the same from outside
        }
    }

    public void Dispose()
    {
        // BouncyCastle's big integers are immutable and cannot be wiped.
    }

    private static BigInteger Number(byte[]? bigEndian) => new(1, bigEndian ?? []);
}
