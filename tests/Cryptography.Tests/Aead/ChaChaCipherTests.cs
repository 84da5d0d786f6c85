using System.Security.Cryptography;
using SecretsOps.Cryptography.Aead;

namespace SecretsOps.Cryptography.Tests.Aead;

public sealed class ChaChaCipherTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(1000)]
    [InlineData(65536)]
    public void Both_engines_and_the_platform_make_the_same_ciphertext(int length)
    {
        var nonce = RandomNumberGenerator.GetBytes(ChaChaCipher.NonceSize);
        var plaintext = RandomNumberGenerator.GetBytes(length);
        var (fast, portable, platform) = (new byte[length + 16], new byte[length + 16], new byte[length + 16]);

        using var libcrypto = new ChaChaCipher(new LibcryptoAeadEngine(AeadAlgorithm.ChaCha20Poly1305, Key));
        libcrypto.Encrypt(nonce, plaintext, fast);
        using var bouncy = new ChaChaCipher(new BouncyAeadEngine(AeadAlgorithm.ChaCha20Poly1305, Key));
        bouncy.Encrypt(nonce, plaintext, portable);
        using var dotnet = new ChaCha20Poly1305(Key);
        dotnet.Encrypt(nonce, plaintext, platform.AsSpan(0, length), platform.AsSpan(length));

        Assert.Equal(platform, fast);
        Assert.Equal(platform, portable);
        var back = new byte[length];
        Assert.True(bouncy.TryDecrypt(nonce, fast, back));
        Assert.Equal(plaintext, back);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_flipped_bit_is_refused_and_gives_no_plaintext(bool isPortable)
    {
        using var cipher = new ChaChaCipher(isPortable ? new BouncyAeadEngine(AeadAlgorithm.ChaCha20Poly1305, Key) : new LibcryptoAeadEngine(AeadAlgorithm.ChaCha20Poly1305, Key));
        var nonce = new byte[ChaChaCipher.NonceSize];
        var sealedText = new byte[11 + ChaChaCipher.TagSize];
        cipher.Encrypt(nonce, "secret text"u8, sealedText);
        for (var bit = 0; bit < sealedText.Length * 8; bit++)
        {
            var plaintext = new byte[11];
            sealedText[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(cipher.TryDecrypt(nonce, sealedText, plaintext));
            Assert.All(plaintext, value => Assert.Equal(0, value));
            sealedText[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }
}
