using System.Security.Cryptography;
using SecretsOps.Cryptography.Age;

namespace SecretsOps.Cryptography.Tests.Age;

public class X25519Tests
{
    // RFC 7748, 5.2 and 6.1.
    [Theory]
    [InlineData("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4", "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c", "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData("77076d0a7318a57d3c16c17251b26645db4c6b8a3f7f25a6c5c9a6e9d8d1a3a0", "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", null)]
    public void Both_twins_agree_with_the_standard_and_each_other(string scalar, string point, string? expected)
    {
        var (privateKey, publicKey) = (Convert.FromHexString(scalar), Convert.FromHexString(point));
        var (fast, portable) = (new byte[32], new byte[32]);

        Assert.True(Libcrypto.IsAvailable);
        Assert.True(LibcryptoX25519.TryAgree(privateKey, publicKey, fast));
        Assert.True(X25519.PortableTryAgree(privateKey, publicKey, portable));

        Assert.Equal(fast, portable);
        if (expected is not null)
        {
            Assert.Equal(expected, Convert.ToHexStringLower(fast));
        }
    }

    [Fact]
    public void Both_twins_give_the_same_public_keys()
    {
        Assert.True(Libcrypto.IsAvailable);
        for (var i = 0; i < 50; i++)
        {
            var privateKey = RandomNumberGenerator.GetBytes(32);
            var (fast, portable) = (new byte[32], new byte[32]);

            Assert.True(LibcryptoX25519.TryPublicKey(privateKey, fast));
            X25519.PortablePublicKey(privateKey, portable);

            Assert.Equal(fast, portable);
        }
    }

    [Fact]
    public void A_point_of_small_order_is_refused_by_both_twins()
    {
        var shared = new byte[32];

        Assert.False(LibcryptoX25519.TryAgree(RandomNumberGenerator.GetBytes(32), new byte[32], shared));
        Assert.False(X25519.PortableTryAgree(RandomNumberGenerator.GetBytes(32), new byte[32], shared));
        Assert.False(X25519.TryAgree(RandomNumberGenerator.GetBytes(32), new byte[32], shared));
    }
}
