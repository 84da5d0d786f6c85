using System.Buffers.Binary;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;

namespace SecretsOps.Cryptography.Hybrid;

/// <summary>The RSA key that values are sealed with.</summary>
public sealed class SealingPublicKey : IDisposable
{
    // Smaller ones cannot hold a session key under OAEP with SHA-256 (2 * 32 + 2 + 32 bytes); larger ones serve only to keep a machine busy.
    private const int MinimumModulusLength = 98;
    private const int MaximumModulusLength = 2048;

    private readonly byte[] _modulus;
    private readonly byte[] _exponent;
    private readonly Lazy<IOaepPublicKey> _oaep;

    /// <summary>Takes modulus and public exponent, big-endian.</summary>
    /// <exception cref="CryptographicException">The numbers are no RSA public key of a supported size.</exception>
    public SealingPublicKey(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent)
        : this(modulus, exponent, static (n, e) => new GrowingOaepPublicKey(n, e))
    {
    }

    internal SealingPublicKey(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent, OaepFactory factory)
    {
        _modulus = modulus.TrimStart((byte)0).ToArray();
        _exponent = exponent.TrimStart((byte)0).ToArray();
        if (_modulus.Length is < MinimumModulusLength or > MaximumModulusLength || _exponent.Length is 0 or > 8 || (_modulus[^1] & _exponent[^1] & 1) == 0)
        {
            throw new CryptographicException($"An RSA public key of {_modulus.Length * 8} bits cannot seal: expected an odd modulus of 784 to 16384 bits.");
        }

        _oaep = new(() => factory(_modulus, _exponent));
    }

    internal delegate IOaepPublicKey OaepFactory(byte[] modulus, byte[] exponent);

    /// <summary>The length of the modulus in bytes: of every RSA block this key makes.</summary>
    public int BlockLength => _modulus.Length;

    /// <summary>The modulus, big-endian, without leading zeros.</summary>
    public ReadOnlySpan<byte> Modulus => _modulus;

    /// <summary>OpenSSH's SHA-256 fingerprint of the key, <c>SHA256:…</c>: how messages and annotations name a sealing key.</summary>
    public string Fingerprint => field ??= ComputeFingerprint();

    internal IOaepPublicKey Oaep => _oaep.Value;

    /// <summary>Whether both are the same key.</summary>
    public bool Matches(SealingPublicKey other) =>
        CryptographicOperations.FixedTimeEquals(_modulus, other._modulus) && CryptographicOperations.FixedTimeEquals(_exponent, other._exponent);

    /// <summary>Releases the native key.</summary>
    public void Dispose()
    {
        if (_oaep.IsValueCreated)
        {
            _oaep.Value.Dispose();
        }
    }

    /// <summary>The fingerprint.</summary>
    public override string ToString() => Fingerprint;

    // RFC 4253 section 6.6: string "ssh-rsa", mpint e, mpint n; the fingerprint is the unpadded base64 of its SHA-256.
    private string ComputeFingerprint()
    {
        var wire = new byte[4 + 7 + 5 + _exponent.Length + 5 + _modulus.Length];
        var length = WriteText(wire, 0, "ssh-rsa"u8);
        length = WriteNumber(wire, length, _exponent);
        length = WriteNumber(wire, length, _modulus);
        var sha256 = new Sha256Digest(); // .NET's loads libssl into a process that may need nothing else of it
        sha256.BlockUpdate(wire.AsSpan(0, length));
        var digest = new byte[sha256.GetDigestSize()];
        sha256.DoFinal(digest);
        return "SHA256:" + Convert.ToBase64String(digest).TrimEnd('=');
    }

    private static int WriteText(byte[] wire, int offset, ReadOnlySpan<byte> text)
    {
        BinaryPrimitives.WriteInt32BigEndian(wire.AsSpan(offset), text.Length);
        text.CopyTo(wire.AsSpan(offset + 4));
        return offset + 4 + text.Length;
    }

    private static int WriteNumber(byte[] wire, int offset, ReadOnlySpan<byte> number)
    {
        var sign = number[0] >> 7; // a leading zero keeps the number positive
        BinaryPrimitives.WriteInt32BigEndian(wire.AsSpan(offset), number.Length + sign);
        number.CopyTo(wire.AsSpan(offset + 4 + sign));
        return offset + 4 + sign + number.Length;
    }
}
