using System.Globalization;

namespace SecretsOps.Templating.Values;

/// <summary>Writes float64 as Go's strconv.FormatFloat does.</summary>
internal static class GoFloat
{
    /// <summary>The shortest digits; an exponent below 1e-4 and from a million on (%g, %v).</summary>
    internal static string General(double value)
    {
        if (Special(value) is { } special)
        {
            return special;
        }

        var (sign, digits, exponent) = Decompose(value);
        return sign + (exponent - 1 is < -4 or >= 6 ? Scientific(digits, exponent) : Plain(digits, exponent));
    }

    /// <summary>As encoding/json writes it: an exponent only below 1e-6 and from 1e21 on.</summary>
    internal static string Json(double value)
    {
        var (sign, digits, exponent) = Decompose(value);
        if (value == 0 || Math.Abs(value) is >= 1e-6 and < 1e21)
        {
            return sign + Plain(digits, exponent);
        }

        var text = Scientific(digits, exponent);
        return sign + (text[^4..^1] == "e-0" ? text[..^2] + text[^1] : text);
    }

    /// <summary>A fixed number of decimals (%f).</summary>
    internal static string Fixed(double value, int decimals) =>
        Special(value) ?? value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>The fewest decimals that tell the value from its neighbours (%f with precision -1).</summary>
    internal static string ShortestFixed(double value)
    {
        if (Special(value) is { } special)
        {
            return special;
        }

        var (sign, digits, exponent) = Decompose(value);
        return sign + Plain(digits, exponent);
    }

    /// <summary>One digit, a point, decimals and an exponent of at least two digits (%e).</summary>
    internal static string Exponential(double value, int decimals) =>
        Special(value) ?? value.ToString($"0.{new string('0', decimals)}e+00", CultureInfo.InvariantCulture);

    internal static string? Special(double value) => value switch
    {
        double.NaN => "NaN",
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => null,
    };

    // digits d1d2… and exponent e stand for 0.d1d2… × 10^e
    private static (string Sign, string Digits, int Exponent) Decompose(double value)
    {
        var sign = double.IsNegative(value) ? "-" : "";
        if (value == 0)
        {
            return (sign, "0", 1);
        }

        var parts = value.ToString("R", CultureInfo.InvariantCulture).TrimStart('-').Split('E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        var significant = digits.TrimStart('0');
        var exponent = (point < 0 ? digits.Length : point) - (digits.Length - significant.Length);
        exponent += parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        return (sign, significant.TrimEnd('0'), exponent);
    }

    private static string Plain(string digits, int exponent)
    {
        if (exponent <= 0)
        {
            return "0." + new string('0', -exponent) + digits;
        }

        return digits.Length <= exponent ? digits + new string('0', exponent - digits.Length) : $"{digits[..exponent]}.{digits[exponent..]}";
    }

    private static string Scientific(string digits, int exponent)
    {
        var power = exponent - 1;
        return $"{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(power < 0 ? '-' : '+')}{Math.Abs(power):00}";
    }
}
