using System.Numerics;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Encodings;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Prng;
using Org.BouncyCastle.Security;

namespace SecretsOps.Cryptography.Hybrid;

/// <summary>A public key for processes that need not load libcrypto, or cannot.</summary>
internal sealed class BouncyCastleOaepPublicKey(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent) : IOaepPublicKey
{
    private readonly PublicOperation _operation = new(Number(modulus), Number(exponent));

    public void Encrypt(ReadOnlySpan<byte> data, ReadOnlySpan<byte> label, Span<byte> block)
    {
        var encoding = new OaepEncoding(_operation, new Sha256Digest(), new Sha256Digest(), label.ToArray());
        encoding.Init(true, new ParametersWithRandom(_operation, KernelRandom.Shared));
        encoding.ProcessBlock(data.ToArray(), 0, data.Length).CopyTo(block);
    }

    public void Dispose()
    {
        // Nothing here is secret.
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    // RFC 8017 section 5.1.1 (RSAEP). BouncyCastle's own engine takes an RsaKeyParameters, whose constructor first looks for
    // factors of the modulus: 190 ms at 4096 bits, twenty times the whole of kubeseal. OpenSSL does not look either.
    // .NET's numbers because they need 0.5 to 1 ms for the power where BouncyCastle's need 1.4 to 2.4.
    private sealed class PublicOperation(BigInteger modulus, BigInteger exponent) : IAsymmetricBlockCipher, ICipherParameters
    {
        private readonly int _blockLength = modulus.GetByteCount(isUnsigned: true);

        public string AlgorithmName => "RSA";

        public void Init(bool forEncryption, ICipherParameters parameters)
        {
            if (!forEncryption)
            {
                throw new InvalidOperationException("A public key does not decrypt.");
            }
        }

        public int GetInputBlockSize() => _blockLength - 1;

        public int GetOutputBlockSize() => _blockLength;

        public byte[] ProcessBlock(byte[] inBuf, int inOff, int inLen)
        {
            var block = new byte[_blockLength];
            var number = BigInteger.ModPow(Number(inBuf.AsSpan(inOff, inLen)), exponent, modulus);
            number.TryWriteBytes(block.AsSpan(block.Length - number.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
            return block;
        }
    }

    /// <summary>The kernel's generator for BouncyCastle, whose own seeds itself through .NET's and so loads libssl.</summary>
    private sealed class KernelRandom : IRandomGenerator
    {
        public static SecureRandom Shared { get; } = new(new KernelRandom());

        public void AddSeedMaterial(byte[] seed)
        {
            // The kernel gathers its own.
        }

        public void AddSeedMaterial(ReadOnlySpan<byte> seed)
        {
            // As above.
        }

        public void AddSeedMaterial(long seed)
        {
            // As above.
        }

        public void NextBytes(byte[] bytes) => SystemRandom.Fill(bytes);

        public void NextBytes(byte[] bytes, int start, int len) => SystemRandom.Fill(bytes.AsSpan(start, len));

        public void NextBytes(Span<byte> bytes) => SystemRandom.Fill(bytes);
    }
}
