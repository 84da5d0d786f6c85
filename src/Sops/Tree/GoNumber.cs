using System.Globalization;
using System.Text;

namespace SecretsOps.Sops.Tree;

/// <summary>Prints and reads numbers as Go's strconv does, because numbers are hashed and encrypted as text.</summary>
internal static class GoNumber
{
    /// <summary>The float below zero's sign, as files hold it. Compatibility: sops writes <c>-0</c> and reads it back as the integer 0, so that its MAC fails.</summary>
    public const string NegativeZero = "-0.0";

    // strconv: with the shortest precision, %g decides by precision 6.
    private const int LargeExponent = 6;

    public static string Format(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static bool IsNegativeZero(double value) => value == 0 && double.IsNegative(value);

    /// <summary>The shortest decimal that reads back, never with an exponent: Go's format 'f' with precision -1.</summary>
    public static string FormatFixed(double value)
    {
        if (!double.IsFinite(value))
        {
            return Special(value, "+Inf");
        }

        var (isNegative, digits, point) = Decompose(value);
        var text = new StringBuilder(isNegative ? "-" : "");
        if (point <= 0)
        {
            return text.Append("0.").Append('0', -point).Append(digits).ToString();
        }

        if (point >= digits.Length)
        {
            return text.Append(digits).Append('0', point - digits.Length).ToString();
        }

        return text.Append(digits, 0, point).Append('.').Append(digits, point, digits.Length - point).ToString();
    }

    /// <summary>Go's format 'g' with precision -1: an exponent of two digits at least, below 1e-4 and from 1e6 on (the shortest form decides by precision 6).</summary>
    public static string FormatGeneral(double value)
    {
        if (!double.IsFinite(value))
        {
            return Special(value, "+Inf");
        }

        var (_, _, point) = Decompose(value);
        var exponent = point - 1;
        return value == 0 || exponent is >= -4 and < LargeExponent ? FormatFixed(value) : FormatExponent(value, 'e', minimumDigits: 2);
    }

    /// <summary>Mantissa, exponent letter, sign and at least <paramref name="minimumDigits"/> digits.</summary>
    public static string FormatExponent(double value, char letter, int minimumDigits)
    {
        var (isNegative, digits, point) = Decompose(value);
        var exponent = point - 1;
        var text = new StringBuilder(isNegative ? "-" : "").Append(digits[0]);
        if (digits.Length > 1)
        {
            text.Append('.').Append(digits, 1, digits.Length - 1);
        }

        text.Append(letter).Append(exponent < 0 ? '-' : '+');
        return text.Append(Math.Abs(exponent).ToString(CultureInfo.InvariantCulture).PadLeft(minimumDigits, '0')).ToString();
    }

    /// <summary>Reads any text that Go's ParseFloat takes in decimal, with <c>Inf</c> and <c>NaN</c> in any case.</summary>
    public static bool TryParseFloat(string text, out double value)
    {
        var unsigned = text.AsSpan(text.Length > 0 && text[0] is '+' or '-' ? 1 : 0);
        if (unsigned.Equals("inf", StringComparison.OrdinalIgnoreCase) || unsigned.Equals("infinity", StringComparison.OrdinalIgnoreCase))
        {
            value = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        if (text.Equals("nan", StringComparison.OrdinalIgnoreCase))
        {
            value = double.NaN;
            return true;
        }

        value = 0;
        return unsigned.Length > 0 && (char.IsAsciiDigit(unsigned[0]) || unsigned[0] == '.')
            && double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
            && double.IsFinite(value);
    }

    private static string Special(double value, string positiveInfinity) =>
        double.IsNaN(value) ? "NaN" : value > 0 ? positiveInfinity : "-Inf";

    /// <summary>The shortest digits of the value and the place of the decimal point in them: 0.00123 is ("123", -2).</summary>
    private static (bool IsNegative, string Digits, int Point) Decompose(double value)
    {
        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var exponentAt = shortest.IndexOf('E', StringComparison.Ordinal);
        var mantissa = exponentAt < 0 ? shortest : shortest[..exponentAt];
        var point = exponentAt < 0 ? 0 : int.Parse(shortest.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

        var dotAt = mantissa.IndexOf('.', StringComparison.Ordinal);
        point += dotAt < 0 ? mantissa.Length : dotAt;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var significant = digits.TrimStart('0');
        point -= digits.Length - significant.Length;
        significant = significant.TrimEnd('0');
        return significant.Length == 0 ? (double.IsNegative(value), "0", 1) : (value < 0, significant, point);
    }
}
