using System.Globalization;
using System.Numerics;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>Quantities such as <c>500m</c> and <c>1Gi</c>: the canonical spelling, and comparison.</summary>
/// <remarks>Held as an integer number of nano-units; what is finer is rounded up, as in Kubernetes.</remarks>
internal static class Quantity
{
    private const int NanoDigits = 9;

    private static readonly string[] Decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    private static readonly string[] Binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    /// <summary>The canonical text: the largest unit that leaves no fraction, in the family the text was written in.</summary>
    public static bool TryCanonical(string text, out string canonical)
    {
        canonical = text;
        if (!TryParse(text, out var nano, out var suffix))
        {
            return false;
        }

        canonical = nano.IsZero ? "0"
            : suffix.Length > 1 && suffix[^1] == 'i' ? BinaryText(nano)
            : suffix.Length > 1 && suffix[0] is 'e' or 'E' ? ExponentText(nano)
            : DecimalText(nano);
        return true;
    }

    /// <summary>The value in nano-units.</summary>
    public static bool TryParse(string text, out BigInteger nano, out string suffix)
    {
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.' || (end == 0 && text[end] is '+' or '-')))
        {
            end++;
        }

        suffix = text[end..];
        nano = default;
        if (!TryDigits(text[..end], out var digits, out var scale) || !TryMultiplier(suffix, out var factor, out var exponent))
        {
            return false;
        }

        var power = NanoDigits - scale + exponent;
        var product = digits * factor;
        nano = power >= 0 ? product * BigInteger.Pow(10, power) : DivideUp(product, BigInteger.Pow(10, -power));
        return true;
    }

    private static bool TryDigits(string number, out BigInteger digits, out int scale)
    {
        var point = number.IndexOf('.', StringComparison.Ordinal);
        scale = point < 0 ? 0 : number.Length - point - 1;
        return BigInteger.TryParse(number.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out digits);
    }

    private static bool TryMultiplier(string suffix, out BigInteger factor, out int exponent)
    {
        (factor, exponent) = (BigInteger.One, 0);
        var unit = Array.IndexOf(Decimal, suffix);
        if (unit >= 0)
        {
            exponent = (unit - 3) * 3;
            return true;
        }

        unit = Array.IndexOf(Binary, suffix);
        if (unit > 0)
        {
            factor = BigInteger.Pow(1024, unit);
            return true;
        }

        return suffix.Length > 1 && suffix[0] is 'e' or 'E'
            && int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent);
    }

    private static BigInteger DivideUp(BigInteger value, BigInteger divisor)
    {
        var quotient = BigInteger.DivRem(value, divisor, out var remainder);
        return remainder.Sign > 0 ? quotient + 1 : remainder.Sign < 0 ? quotient - 1 : quotient;
    }

    private static string DecimalText(BigInteger nano)
    {
        var unit = 0;
        while (unit < Decimal.Length - 1 && (nano % 1000).IsZero)
        {
            (nano, unit) = (nano / 1000, unit + 1);
        }

        return nano.ToString(CultureInfo.InvariantCulture) + Decimal[unit];
    }

    private static string ExponentText(BigInteger nano)
    {
        var exponent = -NanoDigits;
        while ((nano % 1000).IsZero)
        {
            (nano, exponent) = (nano / 1000, exponent + 3);
        }

        return nano.ToString(CultureInfo.InvariantCulture) + (exponent == 0 ? "" : "e" + exponent.ToString(CultureInfo.InvariantCulture));
    }

    private static string BinaryText(BigInteger nano)
    {
        var one = BigInteger.Pow(10, NanoDigits);
        if (!(nano % one).IsZero || BigInteger.Abs(nano / one) < 1024)
        {
            return DecimalText(nano); // Compatibility: fractions and small values are written in decimal units
        }

        var (value, unit) = (nano / one, 0);
        while (unit < Binary.Length - 1 && (value % 1024).IsZero)
        {
            (value, unit) = (value / 1024, unit + 1);
        }

        return value.ToString(CultureInfo.InvariantCulture) + Binary[unit];
    }
}
