using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;

namespace SecretsOps.Cryptography.OpenPgp;

// private-keys-v1.d/KEYGRIP.key of GnuPG 2.1 and later: an S-expression, alone or after "Key:" in a file of "Name: value" lines.
//   (private-key (rsa (n …) (e …) (d …) (p …) (q …) (u …)))
//   (private-key (ecc (curve Curve25519) (flags djb-tweak) (q …) (d …)))
// "protected-private-key" has a passphrase and "shadowed-private-key" lives on a card: both are the agent's business.

/// <summary>One private key of GnuPG without passphrase.</summary>
internal sealed class GnuPgKeyFile
{
    private readonly SExpression _key;

    private GnuPgKeyFile(SExpression key) => _key = key;

    /// <summary>Reads the file; <c>null</c> when it is protected, on a card, or of a type that cannot decrypt here.</summary>
    public static GnuPgKeyFile? TryRead(ReadOnlySpan<byte> content)
    {
        var start = content.IndexOf((byte)'(');
        var expression = start < 0 ? null : SExpression.TryParse(content[start..]);
        return expression is { Name: "private-key", Items: [_, { Name: "rsa" or "ecc" } key, ..] } ? new(key) : null;
    }

    /// <summary>The private key for <paramref name="publicKey"/>; <c>null</c> when it is another's.</summary>
    public PgpPrivateKey? TryMatch(PgpPublicKey publicKey) => publicKey.PublicKeyPacket.Key switch
    {
        RsaPublicBcpgKey rsa when _key.Name == "rsa" && IsSame(_key.Value("n"), rsa.Modulus.ToByteArrayUnsigned()) => new(publicKey.KeyId, publicKey.PublicKeyPacket, Rsa()),
        ECDHPublicBcpgKey ecdh when _key.Name == "ecc" && IsSame(_key.Value("q"), ecdh.EncodedPoint.ToByteArrayUnsigned()) && Curve25519() is { } key => new(publicKey.KeyId, publicKey.PublicKeyPacket, key),
        _ => null,
    };

    private static bool IsSame(byte[]? value, byte[] expected) =>
        value is not null && value.AsSpan().TrimStart((byte)0).SequenceEqual(expected.AsSpan().TrimStart((byte)0));

    private RsaPrivateCrtKeyParameters Rsa()
    {
        var (n, e, d, p, q) = (Number("n"), Number("e"), Number("d"), Number("p"), Number("q"));
        return new(n, e, d, p, q, d.Mod(p.Subtract(BigInteger.One)), d.Mod(q.Subtract(BigInteger.One)), q.ModInverse(p));
    }

    private X25519PrivateKeyParameters? Curve25519()
    {
        var scalar = _key.Value("d").AsSpan().TrimStart((byte)0);
        if (_key.Value("curve") is not { } curve || !curve.AsSpan().SequenceEqual("Curve25519"u8) || scalar.Length > X25519PrivateKeyParameters.KeySize)
        {
            return null;
        }

        var littleEndian = new byte[X25519PrivateKeyParameters.KeySize];
        for (var i = 0; i < scalar.Length; i++)
        {
            littleEndian[i] = scalar[scalar.Length - 1 - i];
        }

        return new X25519PrivateKeyParameters(littleEndian);
    }

    private BigInteger Number(string name) => new(1, _key.Value(name) ?? throw new OpenPgpException($"a private key of GnuPG lacks its number '{name}'"));
}
