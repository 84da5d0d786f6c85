using System.Security.Cryptography;

namespace SecretsOps.Cryptography.Tests;

public sealed class IncrementalSha512Tests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(111)]
    [InlineData(128)]
    [InlineData(100_000)]
    public void Both_engines_agree_with_the_platform_however_the_bytes_are_cut(int length)
    {
        var message = RandomNumberGenerator.GetBytes(length);
        foreach (var mayUseLibcrypto in new[] { true, false })
        {
            using var hash = new IncrementalSha512(mayUseLibcrypto);
            for (int at = 0, step = 1; at < length; at += step++)
            {
                hash.Append(message.AsSpan(at, Math.Min(step, length - at)));
            }

            Assert.Equal(SHA512.HashData(message), hash.Finish());
        }
    }
}
