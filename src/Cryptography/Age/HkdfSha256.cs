using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace SecretsOps.Cryptography.Age;

/// <summary>HKDF-SHA-256 (RFC 5869) and the HMAC under it, on the few bytes of an age header.</summary>
/// <remarks>By BouncyCastle: .NET's own bring libssl into the process, which costs every short-lived one a millisecond.</remarks>
internal static class HkdfSha256
{
    private const int MacSize = 32;

    /// <summary>Fills <paramref name="output"/>, at most 255 × 32 bytes.</summary>
    public static void DeriveKey(ReadOnlySpan<byte> inputKey, Span<byte> output, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> info)
    {
        var generator = new HkdfBytesGenerator(new Sha256Digest());
        generator.Init(new HkdfParameters(inputKey.ToArray(), salt.ToArray(), info.ToArray()));
        generator.GenerateBytes(output);
    }

    /// <summary>HMAC-SHA-256, 32 bytes.</summary>
    public static byte[] Mac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        var mac = new HMac(new Sha256Digest());
        mac.Init(new KeyParameter(key));
        mac.BlockUpdate(message);
        var code = new byte[MacSize];
        mac.DoFinal(code);
        return code;
    }
}
