using System.Security.Cryptography;
using SecretsOps.Cryptography.Aead;

namespace SecretsOps.Cryptography.Tests.Aead;

public sealed class AesGcmCipherTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];

    [Fact]
    public void The_vector_of_sops_with_a_nonce_of_32_bytes_opens()
    {
        using var cipher = new AesGcmCipher(Enumerable.Repeat((byte)'f', 32).ToArray());
        var plaintext = new byte[3];

        Assert.True(cipher.TryDecrypt(
            Convert.FromBase64String("MyIDYbT718JRr11QtBkcj3Dwm4k1aCGZBVeZf0EyV8o="), "bar:"u8, Convert.FromBase64String("oYyi"),
            Convert.FromBase64String("t5z2Z023Up0kxwCgw1gNxg=="), plaintext));
        Assert.Equal("foo"u8.ToArray(), plaintext);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(60)]
    [InlineData(128)]
    public void Both_engines_make_the_same_ciphertext_for_any_nonce_length(int nonceLength)
    {
        using var libcrypto = new AesGcmCipher(new LibcryptoAeadEngine(AeadAlgorithm.Aes256Gcm, Key));
        using var bouncy = new AesGcmCipher(new BouncyAeadEngine(AeadAlgorithm.Aes256Gcm, Key));
        foreach (var length in new[] { 0, 1, 15, 16, 17, 1000 })
        {
            var nonce = RandomNumberGenerator.GetBytes(nonceLength);
            var plaintext = RandomNumberGenerator.GetBytes(length);

            var (first, firstTag) = Encrypt(libcrypto, nonce, plaintext);
            var (second, secondTag) = Encrypt(bouncy, nonce, plaintext);

            Assert.Equal(second, first);
            Assert.Equal(secondTag, firstTag);
            var back = new byte[length];
            Assert.True(bouncy.TryDecrypt(nonce, "a:"u8, first, firstTag, back));
            Assert.Equal(plaintext, back);
        }
    }

    [Theory] // the engine changes under way
    [InlineData(10, 1)]
    [InlineData(1000, 200)]
    [InlineData(100_000, 3)]
    public void Many_texts_under_one_key_open_again(int length, int count)
    {
        using var sealer = new AesGcmCipher(Key);
        using var opener = new AesGcmCipher(new BouncyAeadEngine(AeadAlgorithm.Aes256Gcm, Key));
        for (var i = 0; i < count; i++)
        {
            var (nonce, plaintext, back) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(length), new byte[length]);
            var (ciphertext, tag) = Encrypt(sealer, nonce, plaintext);
            Assert.True(opener.TryDecrypt(nonce, "a:"u8, ciphertext, tag, back));
            Assert.Equal(plaintext, back);
        }
    }

    [Fact]
    public void Every_flipped_bit_of_ciphertext_tag_nonce_or_path_is_refused_and_gives_no_plaintext()
    {
        using var cipher = new AesGcmCipher(Key);
        var nonce = RandomNumberGenerator.GetBytes(32);
        var (ciphertext, tag) = Encrypt(cipher, nonce, "secret text"u8.ToArray());

        foreach (var bytes in new[] { ciphertext, tag, nonce })
        {
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                var plaintext = new byte[ciphertext.Length];
                Assert.False(cipher.TryDecrypt(nonce, "a:"u8, ciphertext, tag, plaintext));
                Assert.Equal(new byte[ciphertext.Length], plaintext);
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        Assert.False(cipher.TryDecrypt(nonce, "b:"u8, ciphertext, tag, new byte[ciphertext.Length]));
        Assert.True(cipher.TryDecrypt(nonce, "a:"u8, ciphertext, tag, new byte[ciphertext.Length]));
    }

    private static (byte[] Ciphertext, byte[] Tag) Encrypt(AesGcmCipher cipher, byte[] nonce, byte[] plaintext)
    {
        var (ciphertext, tag) = (new byte[plaintext.Length], new byte[16]);
        cipher.Encrypt(nonce, "a:"u8, plaintext, ciphertext, tag);
        return (ciphertext, tag);
    }
}
