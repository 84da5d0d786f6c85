using SecretsOps.Cryptography.Shamir;

namespace SecretsOps.Cryptography.Tests.Shamir;

public sealed class ShamirSecretTests
{
    [Theory]
    [InlineData(3, 7, 9)]
    [InlineData(0x53, 0xCA, 1)]
    public void The_field_multiplies_as_AES_does(byte left, byte right, byte product) => Assert.Equal(product, ShamirSecret.Multiply(left, right));

    [Fact]
    public void The_field_divides() => Assert.Equal(2, ShamirSecret.Divide(6, 3));

    [Theory]
    [InlineData("0b", "49,54,5f")]
    [InlineData("0ba7", "ee,fe,52,f0")]
    public void Row_048_Shares_of_one_byte_are_those_of_the_vectors(string coefficients, string expected)
    {
        var polynomial = Convert.FromHexString(coefficients);
        var count = expected.Split(',').Length;

        var shares = ShamirSecret.SplitCore([0x42], count, polynomial.Length + 1, polynomial);

        Assert.Equal(expected, string.Join(',', shares.Select(share => Convert.ToHexStringLower(share.AsSpan(0, 1)))));
        Assert.Equal(Enumerable.Range(1, count), shares.Select(share => (int)share[1]));
    }

    [Fact]
    public void Row_048_Any_two_of_three_shares_of_the_vector_give_the_secret()
    {
        byte[][] shares =
        [
            Convert.FromHexString("030b131b1b232b33334b435b5b536b63636b939b9b838bb3b3aba3dbdbd3cbc301"),
            Convert.FromHexString("061520333a495c6f7e8d98aba2b1c4d7f6e50b181122374455667380899aafbc02"),
            Convert.FromHexString("051f312b256f715b45cfd1fbf5efa1bb859f8a909eb4aae0fed4ca404e547a6003"),
        ];
        byte[] secret = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];

        Assert.Equal(secret, ShamirSecret.Combine([shares[0], shares[1]]).Span.ToArray());
        Assert.Equal(secret, ShamirSecret.Combine([shares[2], shares[0]]).Span.ToArray());
        Assert.Equal(secret, ShamirSecret.Combine(shares).Span.ToArray());
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(5, 3)]
    [InlineData(255, 2)]
    [InlineData(20, 20)]
    public void Row_047_A_threshold_of_shares_of_33_bytes_restores_the_secret(int count, int threshold)
    {
        using var secret = SecretBytes.Random(32);

        var shares = ShamirSecret.Split(secret.Span, count, threshold);

        Assert.All(shares, share => Assert.Equal(33, share.Length));
        using var back = ShamirSecret.Combine([.. shares.Reverse().Take(threshold)]);
        Assert.Equal(secret.Span.ToArray(), back.Span.ToArray());
    }

    [Theory]
    [InlineData(2, 1, "threshold must be at least 2")]
    [InlineData(2, 3, "parts cannot be less than threshold")]
    [InlineData(256, 2, "parts cannot exceed 255")]
    public void Row_051_Thresholds_that_do_not_fit_are_refused(int count, int threshold, string reason) =>
        Assert.StartsWith(reason, Assert.Throws<ArgumentException>(() => ShamirSecret.Split(new byte[32], count, threshold)).Message, StringComparison.Ordinal);
}
