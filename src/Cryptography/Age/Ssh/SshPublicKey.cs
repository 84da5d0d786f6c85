using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace SecretsOps.Cryptography.Age.Ssh;

/// <summary>An SSH public key in its wire form, and the 4-byte tag by which stanzas name it.</summary>
internal sealed class SshPublicKey
{
    public const string Ed25519 = "ssh-ed25519";
    public const string Rsa = "ssh-rsa";
    private const int TagSize = 4;

    private SshPublicKey(string type, byte[] wire)
    {
        Type = type;
        Wire = wire;
        Tag = UnpaddedBase64.Encode(SHA256.HashData(wire).AsSpan(..TagSize));
    }

    public string Type { get; }

    public byte[] Wire { get; }

    public string Tag { get; }

    /// <summary>The key's 32 bytes of an Ed25519 key.</summary>
    public ReadOnlySpan<byte> Ed25519Point => Wire.AsSpan(^32..);

    public static SshPublicKey Parse(ReadOnlySpan<byte> wire)
    {
        var reader = new SshReader(wire);
        var type = reader.ReadText();
        if (type == Ed25519 && (reader.ReadBytes().Length != 32 || !reader.IsAtEnd))
        {
            throw new AgeException(AgeFailure.Header, "malformed SSH key: an Ed25519 key has 32 bytes");
        }

        return type is Ed25519 or Rsa
            ? new(type, wire.ToArray())
            : throw new AgeException(AgeFailure.Header, $"unsupported SSH key type '{type}': age takes ssh-ed25519 and ssh-rsa");
    }

    public static SshPublicKey ForEd25519(ReadOnlySpan<byte> point) => new(Ed25519, Encode(Encoding.ASCII.GetBytes(Ed25519), point));

    public static SshPublicKey ForRsa(RSAParameters key) =>
        new(Rsa, Encode(Encoding.ASCII.GetBytes(Rsa), AsInteger(key.Exponent), AsInteger(key.Modulus)));

    /// <summary>The modulus and exponent of an RSA key.</summary>
    public RSAParameters RsaParameters()
    {
        var reader = new SshReader(Wire);
        reader.ReadText();
        var exponent = reader.ReadInteger().ToArray();
        var modulus = reader.ReadInteger().ToArray();
        return modulus.Length * 8 >= 2048
            ? new RSAParameters { Exponent = exponent, Modulus = modulus }
            : throw new AgeException(AgeFailure.Header, $"the SSH RSA key has {modulus.Length * 8} bits: age wants at least 2048");
    }

    /// <summary>The X25519 public key that corresponds to the Ed25519 one: u = (1 + y) / (1 - y) modulo 2^255 - 19.</summary>
    public byte[] ToMontgomery()
    {
        var prime = (BigInteger.One << 255) - 19;
        var point = Ed25519Point.ToArray();
        point[31] &= 0x7f; // the sign of x
        var y = new BigInteger(point, isUnsigned: true) % prime;
        var u = (1 + y) * BigInteger.ModPow(1 - y + prime, prime - 2, prime) % prime;
        var montgomery = new byte[32];
        u.TryWriteBytes(montgomery, out _, isUnsigned: true);
        return montgomery;
    }

    private static byte[] AsInteger(byte[]? value) => value is [>= 0x80, ..] ? [0, .. value] : value ?? [];

    private static byte[] Encode(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third = default)
    {
        var wire = new MemoryStream();
        Append(wire, first);
        Append(wire, second);
        if (!third.IsEmpty)
        {
            Append(wire, third);
        }

        return wire.ToArray();
    }

    private static void Append(MemoryStream wire, ReadOnlySpan<byte> field)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, field.Length);
        wire.Write(length);
        wire.Write(field);
    }
}
