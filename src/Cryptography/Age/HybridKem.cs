using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Kems;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace SecretsOps.Cryptography.Age;

// mlkem768x25519 = X-Wing (draft-connolly-cfrg-xwing-kem):
//   seed (32) -> SHAKE-256 -> ML-KEM-768 seed d|z (64) | X25519 private key (32)
//   public key (1216)    = ML-KEM-768 encapsulation key (1184) | X25519 public key (32)
//   encapsulation (1120) = ML-KEM-768 ciphertext (1088) | X25519 ephemeral public key (32)
//   shared secret        = SHA3-256(ML-KEM secret | X25519 secret | ephemeral | X25519 public key | "\.//^\")

/// <summary>The hybrid key encapsulation of post-quantum recipients.</summary>
internal static class HybridKem
{
    public const int SeedSize = 32;
    public const int PublicKeySize = MlKemPublicKeySize + X25519.KeySize;
    public const int EncapsulationSize = MlKemCiphertextSize + X25519.KeySize;
    private const int MlKemPublicKeySize = 1184;
    private const int MlKemCiphertextSize = 1088;
    private const int MlKemSeedSize = 64;
    private const int SharedSize = 32;

    private static ReadOnlySpan<byte> Label => @"\.//^\"u8;

    public static byte[] PublicKey(ReadOnlySpan<byte> seed)
    {
        using var expanded = Expand(seed);
        var mlKem = MLKemPrivateKeyParameters.FromSeed(MLKemParameters.ml_kem_768, expanded.Span[..MlKemSeedSize].ToArray());
        return [.. mlKem.GetPublicKeyEncoded(), .. X25519.PublicKey(expanded.Span[MlKemSeedSize..])];
    }

    /// <summary>Whether the ML-KEM part is a canonical encapsulation key (FIPS 203, 7.2).</summary>
    public static bool IsValidPublicKey(ReadOnlySpan<byte> publicKey)
    {
        try
        {
            return publicKey.Length == PublicKeySize && MlKemPublicKey(publicKey) is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public static (byte[] Encapsulation, SecretBytes Shared) Encapsulate(ReadOnlySpan<byte> publicKey)
    {
        var encapsulator = new MLKemEncapsulator(MLKemParameters.ml_kem_768);
        encapsulator.Init(new ParametersWithRandom(MlKemPublicKey(publicKey), new SecureRandom()));
        var encapsulation = new byte[EncapsulationSize];
        using var mlKemShared = new SecretBytes(SharedSize);
        encapsulator.Encapsulate(encapsulation.AsSpan(..MlKemCiphertextSize), mlKemShared.Span);

        using var ephemeral = SecretBytes.Random(X25519.KeySize);
        var share = X25519.PublicKey(ephemeral.Span);
        share.CopyTo(encapsulation, MlKemCiphertextSize);
        using var curveShared = new SecretBytes(X25519.KeySize);
        if (!X25519.TryAgree(ephemeral.Span, publicKey[MlKemPublicKeySize..], curveShared.Span))
        {
            throw new AgeException(AgeFailure.Header, "the recipient's X25519 part is a point of small order");
        }

        return (encapsulation, Combine(mlKemShared.Span, curveShared.Span, share, publicKey[MlKemPublicKeySize..]));
    }

    /// <summary>The shared secret; <c>null</c> when the X25519 part is a point of small order.</summary>
    public static SecretBytes? TryDecapsulate(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> encapsulation)
    {
        using var expanded = Expand(seed);
        var decapsulator = new MLKemDecapsulator(MLKemParameters.ml_kem_768);
        decapsulator.Init(MLKemPrivateKeyParameters.FromSeed(MLKemParameters.ml_kem_768, expanded.Span[..MlKemSeedSize].ToArray()));
        using var mlKemShared = new SecretBytes(SharedSize);
        decapsulator.Decapsulate(encapsulation[..MlKemCiphertextSize], mlKemShared.Span);

        var privateKey = expanded.Span[MlKemSeedSize..];
        var share = encapsulation[MlKemCiphertextSize..];
        using var curveShared = new SecretBytes(X25519.KeySize);
        return X25519.TryAgree(privateKey, share, curveShared.Span)
            ? Combine(mlKemShared.Span, curveShared.Span, share, X25519.PublicKey(privateKey))
            : null;
    }

    private static MLKemPublicKeyParameters MlKemPublicKey(ReadOnlySpan<byte> publicKey) =>
        MLKemPublicKeyParameters.FromEncoding(MLKemParameters.ml_kem_768, publicKey[..MlKemPublicKeySize].ToArray());

    private static SecretBytes Expand(ReadOnlySpan<byte> seed)
    {
        var expanded = new SecretBytes(MlKemSeedSize + X25519.KeySize);
        var shake = new ShakeDigest(256);
        shake.BlockUpdate(seed);
        shake.OutputFinal(expanded.Span);
        return expanded;
    }

    private static SecretBytes Combine(ReadOnlySpan<byte> mlKemShared, ReadOnlySpan<byte> curveShared, ReadOnlySpan<byte> share, ReadOnlySpan<byte> publicKey)
    {
        var digest = new Sha3Digest(256);
        digest.BlockUpdate(mlKemShared);
        digest.BlockUpdate(curveShared);
        digest.BlockUpdate(share);
        digest.BlockUpdate(publicKey);
        digest.BlockUpdate(Label);
        var shared = new SecretBytes(SharedSize);
        digest.DoFinal(shared.Span);
        return shared;
    }
}
