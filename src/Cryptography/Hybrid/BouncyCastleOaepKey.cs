using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Encodings;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;

namespace SecretsOps.Cryptography.Hybrid;

/// <summary>The managed twin of <see cref="LibcryptoOaepKey"/>: blinded, about nine times slower, for machines without libcrypto.</summary>
internal sealed class BouncyCastleOaepKey : IOaepPublicKey, IOaepPrivateKey
{
    private readonly RsaKeyParameters _key;

    private BouncyCastleOaepKey(RsaKeyParameters key) => _key = key;

    internal static BouncyCastleOaepKey FromPublic(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent) =>
        Guard(new RSAParameters { Modulus = modulus.ToArray(), Exponent = exponent.ToArray() }, static key => new RsaKeyParameters(false, Number(key.Modulus), Number(key.Exponent)));

    internal static BouncyCastleOaepKey FromPrivate(in RSAParameters key) => Guard(key, static k => new RsaPrivateCrtKeyParameters(
        Number(k.Modulus), Number(k.Exponent), Number(k.D), Number(k.P), Number(k.Q), Number(k.DP), Number(k.DQ), Number(k.InverseQ)));

    public void Encrypt(ReadOnlySpan<byte> data, ReadOnlySpan<byte> label, Span<byte> block)
    {
        var encoding = Engine(label);
        encoding.Init(true, new ParametersWithRandom(_key, new SecureRandom()));
        encoding.ProcessBlock(data.ToArray(), 0, data.Length).CopyTo(block);
    }

    public int Decrypt(ReadOnlySpan<byte> block, ReadOnlySpan<byte> label, Span<byte> data)
    {
        var encoding = Engine(label);
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

    private static OaepEncoding Engine(ReadOnlySpan<byte> label) =>
        new(new RsaBlindedEngine(), new Sha256Digest(), new Sha256Digest(), label.ToArray());

    private static BouncyCastleOaepKey Guard(RSAParameters key, Func<RSAParameters, RsaKeyParameters> create)
    {
        try
        {
            return new(create(key));
        }
        catch (Exception refused) when (refused is ArgumentException or ArithmeticException)
        {
            throw new CryptographicException("BouncyCastle does not accept this RSA key.", refused);
        }
    }

    private static BigInteger Number(byte[]? bigEndian) => new(1, bigEndian ?? []);
}
