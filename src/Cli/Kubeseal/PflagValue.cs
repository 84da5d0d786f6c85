using System.Buffers;
using System.Globalization;

namespace SecretsOps.Cli.Kubeseal;

/// <summary>Reads flag values as Go reads them, with Go's reasons where they do not fit.</summary>
internal static class PflagValue
{
    private static readonly SearchValues<char> AmountCharacters = SearchValues.Create("0123456789.");

    internal static bool Switch(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw new FormatException($"strconv.ParseBool: parsing \"{text}\": invalid syntax"),
    };

    internal static int Number(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"strconv.ParseInt: parsing \"{text}\": invalid syntax");

    /// <summary>One line of CSV, as pflag's string slices are.</summary>
    internal static List<string> Texts(string line)
    {
        var texts = new List<string>();
        var current = new System.Text.StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && (isQuoted || current.Length == 0))
            {
                var isEscaped = isQuoted && i + 1 < line.Length && line[i + 1] == '"';
                current.Append(isEscaped ? "\"" : "");
                isQuoted = isEscaped || !isQuoted;
                i += isEscaped ? 1 : 0;
            }
            else if (line[i] == ',' && !isQuoted)
            {
                texts.Add(current.ToString());
                current.Clear();
            }
            else
            {
                current.Append(line[i]);
            }
        }

        texts.Add(current.ToString());
        return line.Length == 0 ? [] : texts;
    }

    /// <summary>A Go duration (<c>1m30s</c>) or whole seconds; zero means no limit.</summary>
    internal static TimeSpan Timeout(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        var total = TimeSpan.Zero;
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(AmountCharacters);
            var unit = digits <= 0 ? "" : UnitAt(rest[digits..]);
            if (unit.Length == 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
            {
                throw new FormatException($"time: invalid duration \"{text}\"");
            }

            total += amount * LengthOf(unit);
            rest = rest[(digits + unit.Length)..];
        }

        return total;
    }

    private static string UnitAt(ReadOnlySpan<char> text)
    {
        foreach (var unit in (ReadOnlySpan<string>)["ms", "us", "ns", "h", "m", "s"])
        {
            if (text.StartsWith(unit, StringComparison.Ordinal))
            {
                return unit;
            }
        }

        return "";
    }

    private static TimeSpan LengthOf(string unit) => unit switch
    {
        "h" => TimeSpan.FromHours(1),
        "m" => TimeSpan.FromMinutes(1),
        "s" => TimeSpan.FromSeconds(1),
        "ms" => TimeSpan.FromMilliseconds(1),
        "us" => TimeSpan.FromMicroseconds(1),
        _ => TimeSpan.FromTicks(0),
    };
}
