using System.Security.Cryptography;
using System.Text;
using SecretsOps.Cryptography.Hybrid;

namespace SecretsOps.Cryptography.Tests.Hybrid;

public sealed class HybridCipherTests
{
    private static readonly RSA Rsa = RSA.Create(2048);
    private static readonly SealingPrivateKey Private = SealingPrivateKey.FromPem(Encoding.ASCII.GetBytes(Rsa.ExportRSAPrivateKeyPem()));
    private static readonly byte[] Label = "shop/db"u8.ToArray();

    public static TheoryData<int> Sizes => [0, 1, 15, 16, 17, 1000, 1 << 20];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_value_of_any_size_opens_again(int size)
    {
        var plaintext = RandomNumberGenerator.GetBytes(size);

        var envelope = HybridCipher.Seal(Private.PublicKey, plaintext, Label);

        Assert.Equal(2 + 256 + size + 16, envelope.Length);
        Assert.True(HybridCipher.TryUnseal(Private, envelope, Label, out var opened));
        Assert.Equal(plaintext, opened.Span.ToArray());
    }

    [Fact]
    public void Two_seals_of_one_value_share_no_bytes_of_the_session_key()
    {
        var first = HybridCipher.Seal(Private.PublicKey, "value"u8, Label);
        var second = HybridCipher.Seal(Private.PublicKey, "value"u8, Label);

        Assert.NotEqual(first[258..], second[258..]);
        Assert.NotEqual(first[2..258], second[2..258]);
    }

    [Theory]
    [InlineData("shop/dc")]
    [InlineData("shop/d")]
    [InlineData("shop")]
    [InlineData("")]
    public void Another_label_does_not_open(string label)
    {
        var envelope = HybridCipher.Seal(Private.PublicKey, "value"u8, Label);

        Assert.False(HybridCipher.TryUnseal(Private, envelope, Encoding.UTF8.GetBytes(label), out var opened));
        Assert.Null(opened);
    }

    [Fact]
    public void Any_flipped_byte_is_refused()
    {
        var envelope = HybridCipher.Seal(Private.PublicKey, "value"u8, Label);

        for (var i = 0; i < envelope.Length; i++)
        {
            var damaged = envelope.ToArray();
            damaged[i] ^= 0x10;
            Assert.False(HybridCipher.TryUnseal(Private, damaged, Label, out _), $"byte {i}");
        }
    }

    [Fact]
    public void Any_truncation_is_refused()
    {
        var envelope = HybridCipher.Seal(Private.PublicKey, "value"u8, Label);

        for (var length = 0; length < envelope.Length; length++)
        {
            Assert.False(HybridCipher.TryUnseal(Private, envelope.AsSpan(0, length), Label, out _), $"length {length}");
        }
    }

    [Fact]
    public void Another_key_does_not_open()
    {
        using var other = SealingPrivateKey.FromPem(Encoding.ASCII.GetBytes(RSA.Create(2048).ExportPkcs8PrivateKeyPem()));
        var envelope = HybridCipher.Seal(Private.PublicKey, "value"u8, Label);

        Assert.False(HybridCipher.TryUnseal(other, envelope, Label, out _));
    }

    [Fact]
    public void A_block_not_below_the_modulus_is_refused()
    {
        var envelope = HybridCipher.Seal(Private.PublicKey, "value"u8, Label);
        Private.PublicKey.Modulus.CopyTo(envelope.AsSpan(2));

        Assert.False(HybridCipher.TryUnseal(Private, envelope, Label, out _));
    }

    [Fact]
    public void Libcrypto_and_BouncyCastle_open_each_others_values()
    {
        var pem = Encoding.ASCII.GetBytes(Rsa.ExportRSAPrivateKeyPem());
        var parameters = Rsa.ExportParameters(false);
        using var native = SealingPrivateKey.FromPem(pem, LibcryptoOaepKey.FromPrivate);
        using var managed = SealingPrivateKey.FromPem(pem, BouncyCastleOaepPrivateKey.FromPrivate);
        using var nativePublic = new SealingPublicKey(parameters.Modulus, parameters.Exponent, LibcryptoOaepKey.FromPublic);
        using var managedPublic = new SealingPublicKey(parameters.Modulus, parameters.Exponent, (n, e) => new BouncyCastleOaepPublicKey(n, e));

        foreach (var label in new[] { Label, [], RandomNumberGenerator.GetBytes(600) })
        {
            foreach (var sealer in new[] { nativePublic, managedPublic })
            {
                var envelope = HybridCipher.Seal(sealer, "value"u8, label);
                foreach (var opener in new[] { native, managed })
                {
                    Assert.True(HybridCipher.TryUnseal(opener, envelope, label, out var opened));
                    Assert.Equal("value"u8.ToArray(), opened.Span.ToArray());
                    Assert.False(HybridCipher.TryUnseal(opener, envelope, [.. label, 0], out _));
                }
            }
        }
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(3072)]
    public void WF_14_keys_of_any_usual_size_open(int bits)
    {
        using var key = SealingPrivateKey.FromPem(Encoding.ASCII.GetBytes(RSA.Create(bits).ExportPkcs8PrivateKeyPem()));

        var envelope = HybridCipher.Seal(key.PublicKey, "value"u8, Label);

        Assert.Equal(bits / 8, HybridCipher.BlockLengthOf(envelope));
        Assert.True(HybridCipher.TryUnseal(key, envelope, Label, out _));
    }

    [Fact]
    public void Many_threads_share_one_key()
    {
        var envelope = HybridCipher.Seal(Private.PublicKey, "value"u8, Label);

        Parallel.For(0, 200, i =>
        {
            Assert.True(HybridCipher.TryUnseal(Private, envelope, Label, out var opened));
            Assert.Equal("value"u8.ToArray(), opened.Span.ToArray());
        });
    }

    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    public void A_shorter_session_key_opens_as_upstream_has_it(int sessionKeyLength)
    {
        var sessionKey = RandomNumberGenerator.GetBytes(sessionKeyLength);
        var block = new byte[256];
        Private.PublicKey.Oaep.Encrypt(sessionKey, Label, block);
        var ciphertext = new byte[5];
        var tag = new byte[16];
        using (var aes = new AesGcm(sessionKey, 16))
        {
            aes.Encrypt(new byte[12], "value"u8, ciphertext, tag);
        }

        Assert.True(HybridCipher.TryUnseal(Private, [1, 0, .. block, .. ciphertext, .. tag], Label, out var opened));
        Assert.Equal("value"u8.ToArray(), opened.Span.ToArray());
    }
}
