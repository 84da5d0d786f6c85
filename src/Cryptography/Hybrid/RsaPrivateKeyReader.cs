using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace SecretsOps.Cryptography.Hybrid;

// RFC 8017 appendix A.1.2 (RSAPrivateKey), RFC 5958 (PKCS#8), RFC 5915 (SEC1, named only to be refused by name).
// Read here rather than by System.Security.Cryptography.RSA, so that one unseal loads libcrypto once and nothing else.

/// <summary>Reads RSA private keys from PEM and checks that their numbers belong together.</summary>
internal static class RsaPrivateKeyReader
{
    private const string RsaEncryption = "1.2.840.113549.1.1.1";

    internal static RSAParameters ReadPem(ReadOnlySpan<byte> pem)
    {
        var blocks = new PemBlocks(pem);
        while (blocks.MoveNext())
        {
            if (blocks.Label.EndsWith("PRIVATE KEY"u8))
            {
                return ReadBlock(blocks.Label, blocks.Decode());
            }
        }

        throw new CryptographicException("The data does not contain a valid RSA private key: no PEM block named 'PRIVATE KEY'.");
    }

    internal static void Wipe(in RSAParameters key)
    {
        foreach (var number in new[] { key.D, key.P, key.Q, key.DP, key.DQ, key.InverseQ })
        {
            CryptographicOperations.ZeroMemory(number);
        }
    }

    private static RSAParameters ReadBlock(ReadOnlySpan<byte> label, byte[]? der)
    {
        try
        {
            if (label.StartsWith("EC"u8))
            {
                throw new CryptographicException("The private key is not an RSA key.");
            }

            if (der is null || label.StartsWith("ENCRYPTED"u8))
            {
                throw new CryptographicException("The private key is encrypted or not valid base64: expected an unencrypted PKCS#1 or PKCS#8 key.");
            }

            var key = label.StartsWith("RSA"u8) ? ReadPkcs1(der) : ReadPkcs8(der);
            CheckConsistency(key);
            return key;
        }
        catch (AsnContentException broken)
        {
            throw new CryptographicException("The private key is not valid DER.", broken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    private static RSAParameters ReadPkcs8(byte[] der)
    {
        var info = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        info.ReadInteger();
        if (info.ReadSequence().ReadObjectIdentifier() != RsaEncryption)
        {
            throw new CryptographicException("The private key is not an RSA key.");
        }

        var inner = info.ReadOctetString();
        try
        {
            return ReadPkcs1(inner);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(inner);
        }
    }

    private static RSAParameters ReadPkcs1(byte[] der)
    {
        var numbers = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        if (!numbers.TryReadInt32(out var version) || version != 0)
        {
            throw new CryptographicException("The RSA private key has more than two primes or an unknown version.");
        }

        return new RSAParameters
        {
            Modulus = Number(numbers),
            Exponent = Number(numbers),
            D = Number(numbers),
            P = Number(numbers),
            Q = Number(numbers),
            DP = Number(numbers),
            DQ = Number(numbers),
            InverseQ = Number(numbers),
        };
    }

    private static byte[] Number(AsnReader numbers) => numbers.ReadIntegerBytes().Span.TrimStart((byte)0).ToArray();

    // A wrong CRT number would make every result garbage, and some leak a prime: refuse here, once.
    private static void CheckConsistency(in RSAParameters key)
    {
        BigInteger n = Value(key.Modulus), e = Value(key.Exponent), d = Value(key.D), p = Value(key.P), q = Value(key.Q);
        var isConsistent = p > 1 && q > 1 && n == p * q && !e.IsOne && !e.IsZero
            && (d * e % (p - 1)).IsOne && (d * e % (q - 1)).IsOne
            && Value(key.DP) == d % (p - 1) && Value(key.DQ) == d % (q - 1) && (Value(key.InverseQ) * q % p).IsOne;
        if (!isConsistent)
        {
            throw new CryptographicException("The numbers of the RSA private key do not belong together.");
        }
    }

    private static BigInteger Value(byte[]? bigEndian) => new(bigEndian, isUnsigned: true, isBigEndian: true);
}
