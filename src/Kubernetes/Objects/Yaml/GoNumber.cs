using System.Globalization;

namespace SecretsOps.Kubernetes.Objects.Yaml;

/// <summary>Writes floating-point numbers as Go's encoding/json does: shortest digits, exponent only when far from one.</summary>
internal static class GoNumber
{
    internal static string Format(double value)
    {
        if (value == 0)
        {
            return double.IsNegative(value) ? "-0" : "0";
        }

        var (sign, digits, exponent) = Decompose(value);
        var magnitude = Math.Abs(value);
        return sign + (magnitude is < 1e-6 or >= 1e21 ? Scientific(digits, exponent, 1) : Plain(digits, exponent));
    }

    /// <summary>Go's <c>%g</c> with the fewest digits: an exponent below 1e-4 and from a million on.</summary>
    internal static string FormatGeneral(double value)
    {
        if (value == 0)
        {
            return double.IsNegative(value) ? "-0" : "0";
        }

        var (sign, digits, exponent) = Decompose(value);
        return sign + (exponent - 1 is < -4 or >= 6 ? Scientific(digits, exponent, 2) : Plain(digits, exponent));
    }

    // digits d1d2d3… and exponent e stand for 0.d1d2d3… × 10^e
    private static (string Sign, string Digits, int Exponent) Decompose(double value)
    {
        var parts = value.ToString("R", CultureInfo.InvariantCulture).TrimStart('-').Split('E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        var significant = digits.TrimStart('0');
        var exponent = (point < 0 ? digits.Length : point) - (digits.Length - significant.Length);
        exponent += parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        return (value < 0 ? "-" : "", significant.TrimEnd('0'), exponent);
    }

    private static string Plain(string digits, int exponent)
    {
        if (exponent <= 0)
        {
            return "0." + new string('0', -exponent) + digits;
        }

        return digits.Length <= exponent
            ? digits + new string('0', exponent - digits.Length)
            : $"{digits[..exponent]}.{digits[exponent..]}";
    }

    private static string Scientific(string digits, int exponent, int exponentDigits)
    {
        var power = exponent - 1;
        var fraction = digits.Length > 1 ? "." + digits[1..] : "";
        var magnitude = Math.Abs(power).ToString(CultureInfo.InvariantCulture).PadLeft(power < 0 ? exponentDigits : 2, '0');
        return $"{digits[0]}{fraction}e{(power < 0 ? '-' : '+')}{magnitude}";
    }
}
