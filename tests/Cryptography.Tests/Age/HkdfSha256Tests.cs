using System.Security.Cryptography;
using SecretsOps.Cryptography.Age;

namespace SecretsOps.Cryptography.Tests.Age;

public sealed class HkdfSha256Tests
{
    [Theory] // RFC 5869, A.1 and A.3
    [InlineData("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9", "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")]
    [InlineData("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "", "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")]
    public void The_published_vectors(string inputKey, string salt, string info, string expected)
    {
        var output = new byte[expected.Length / 2];
        HkdfSha256.DeriveKey(Convert.FromHexString(inputKey), output, Convert.FromHexString(salt), Convert.FromHexString(info));
        Assert.Equal(expected, Convert.ToHexStringLower(output));
    }

    [Fact]
    public void The_mac_is_the_platforms()
    {
        var (key, message) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(300));
        Assert.Equal(HMACSHA256.HashData(key, message), HkdfSha256.Mac(key, message));
    }
}
