using System.Security.Cryptography;

namespace SecretsOps.Cryptography.Age;

// X25519 (RFC 7748). libcrypto where it is in use already: 3 times as fast. BouncyCastle elsewhere, without its tables for the
// base point, which cost milliseconds at start-up. A test compares the two.

/// <summary>The X25519 function.</summary>
internal static class X25519
{
    public const int KeySize = 32;

    // u = 9
    private static ReadOnlySpan<byte> BasePoint => [9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>The public key of a private one.</summary>
    public static byte[] PublicKey(ReadOnlySpan<byte> privateKey)
    {
        var publicKey = new byte[KeySize];
        if (!Libcrypto.IsLoaded)
        {
            PortablePublicKey(privateKey, publicKey);
        }
        else if (!LibcryptoX25519.TryPublicKey(privateKey, publicKey))
        {
            throw new CryptographicException("libcrypto refused an X25519 private key");
        }

        return publicKey;
    }

    /// <summary>The shared secret; false when it is all zeros (the peer sent a point of small order).</summary>
    public static bool TryAgree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peerPublicKey, Span<byte> shared) =>
        (Libcrypto.IsLoaded
            ? LibcryptoX25519.TryAgree(privateKey, peerPublicKey, shared)
            : PortableTryAgree(privateKey, peerPublicKey, shared))
        && shared.IndexOfAnyExcept((byte)0) >= 0;

    internal static void PortablePublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey) =>
        Org.BouncyCastle.Math.EC.Rfc7748.X25519.ScalarMult(privateKey, BasePoint, publicKey);

    internal static bool PortableTryAgree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peerPublicKey, Span<byte> shared)
    {
        Org.BouncyCastle.Math.EC.Rfc7748.X25519.ScalarMult(privateKey, peerPublicKey, shared);
        return shared.IndexOfAnyExcept((byte)0) >= 0;
    }
}
