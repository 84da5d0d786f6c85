namespace SecretsOps.Cryptography.Shamir;

/// <summary>Splits a secret into shares of which a threshold restores it, as SOPS and HashiCorp Vault do.</summary>
/// <remarks>
/// Field GF(2^8) modulo x^8+x^4+x^3+x+1. Every byte of the secret is the constant term of a random polynomial of degree threshold-1.
/// A share is the evaluations at x, followed by the byte x. Nothing authenticates a share: a wrong one shows when the restored key fails to decrypt.
/// </remarks>
public static class ShamirSecret
{
    private const int MaxShares = 255;

    /// <summary>Makes <paramref name="shareCount"/> shares, x = 1, 2, … in order.</summary>
    /// <exception cref="ArgumentException">The threshold is below 2, or above the number of shares, or there are more than 255.</exception>
    public static byte[][] Split(ReadOnlySpan<byte> secret, int shareCount, int threshold)
    {
        Check(shareCount, threshold);
        using var random = SecretBytes.Random(secret.Length * (threshold - 1));
        return SplitCore(secret, shareCount, threshold, random.Span);
    }

    /// <summary>Restores the secret by interpolation over all the shares.</summary>
    /// <exception cref="ArgumentException">Fewer than two shares, unequal lengths, or two shares of one x.</exception>
    public static SecretBytes Combine(IReadOnlyList<byte[]> shares)
    {
        if (shares.Count < 2)
        {
            throw new ArgumentException("less than two parts cannot be used to reconstruct the secret", nameof(shares));
        }

        var length = shares[0].Length;
        if (length < 2 || shares.Any(share => share.Length != length))
        {
            throw new ArgumentException("all parts must be the same length", nameof(shares));
        }

        if (shares.Select(share => share[^1]).Distinct().Count() != shares.Count)
        {
            throw new ArgumentException("duplicate part detected", nameof(shares));
        }

        return CombineCore(shares, length - 1);
    }

    /// <summary>Splits with given coefficients: byte i of the secret uses the i-th run of threshold-1 bytes, lowest degree first.</summary>
    internal static byte[][] SplitCore(ReadOnlySpan<byte> secret, int shareCount, int threshold, ReadOnlySpan<byte> coefficients)
    {
        var shares = new byte[shareCount][];
        for (var share = 0; share < shareCount; share++)
        {
            var x = (byte)(share + 1);
            var bytes = new byte[secret.Length + 1];
            for (var index = 0; index < secret.Length; index++)
            {
                bytes[index] = Evaluate(secret[index], coefficients.Slice(index * (threshold - 1), threshold - 1), x);
            }

            bytes[^1] = x;
            shares[share] = bytes;
        }

        return shares;
    }

    /// <summary>Multiplies in the field, without a table and without a branch on the operands.</summary>
    internal static byte Multiply(byte left, byte right)
    {
        var product = 0;
        int a = left;
        for (var bit = 0; bit < 8; bit++)
        {
            product ^= -((right >> bit) & 1) & a;
            a = (a << 1) ^ (-(a >> 7) & 0x11B);
        }

        return (byte)product;
    }

    internal static byte Divide(byte dividend, byte divisor) => Multiply(dividend, Inverse(divisor));

    private static SecretBytes CombineCore(IReadOnlyList<byte[]> shares, int length)
    {
        var secret = new SecretBytes(length);
        for (var i = 0; i < shares.Count; i++)
        {
            var weight = WeightAtZero(shares, i);
            for (var index = 0; index < length; index++)
            {
                secret.Span[index] ^= Multiply(shares[i][index], weight);
            }
        }

        return secret;
    }

    private static byte WeightAtZero(IReadOnlyList<byte[]> shares, int i)
    {
        byte weight = 1;
        var x = shares[i][^1];
        for (var j = 0; j < shares.Count; j++)
        {
            if (j != i)
            {
                weight = Multiply(weight, Divide(shares[j][^1], (byte)(x ^ shares[j][^1])));
            }
        }

        return weight;
    }

    private static byte Evaluate(byte constant, ReadOnlySpan<byte> coefficients, byte x)
    {
        byte value = 0;
        for (var degree = coefficients.Length - 1; degree >= 0; degree--)
        {
            value = Multiply((byte)(value ^ coefficients[degree]), x);
        }

        return (byte)(value ^ constant);
    }

    /// <summary>x^254 is 1/x in a field of 256 elements (and 0 for 0).</summary>
    private static byte Inverse(byte value)
    {
        var square = value;
        byte result = 1;
        for (var step = 0; step < 7; step++)
        {
            square = Multiply(square, square);
            result = Multiply(result, square);
        }

        return result;
    }

    private static void Check(int shareCount, int threshold)
    {
        if (shareCount < threshold)
        {
            throw new ArgumentException("parts cannot be less than threshold");
        }

        if (shareCount > MaxShares)
        {
            throw new ArgumentException($"parts cannot exceed {MaxShares}");
        }

        if (threshold < 2)
        {
            throw new ArgumentException("threshold must be at least 2");
        }
    }
}
