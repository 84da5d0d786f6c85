using System.Buffers;
using System.Globalization;

namespace SecretsOps.Controller.Options;

/// <summary>Reads flag values in Go's notation: booleans, integers, durations (<c>720h</c>, <c>1h30m</c>), RFC 1123 dates with a numeric zone.</summary>
internal static class GoText
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");
    private static readonly string[] CutoffFormats = ["ddd, dd MMM yyyy HH:mm:ss zzz", "ddd, d MMM yyyy HH:mm:ss zzz"];

    /// <exception cref="FormatException">The text is none of the words that Go's ParseBool takes.</exception>
    public static bool Boolean(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw new FormatException($"strconv.ParseBool: parsing \"{text}\": invalid syntax"),
    };

    /// <exception cref="FormatException">The text is not a 32-bit decimal number.</exception>
    public static int Integer(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new FormatException($"strconv.ParseInt: parsing \"{text}\": invalid syntax");

    /// <exception cref="FormatException">The text is not a number.</exception>
    public static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new FormatException($"strconv.ParseFloat: parsing \"{text}\": invalid syntax");

    /// <summary>Reads <c>k=v,k=v</c>; an empty text is no pair at all.</summary>
    /// <exception cref="FormatException">An entry has no <c>=</c>: upstream crashes here (#1386), we say which entry.</exception>
    public static IReadOnlyDictionary<string, string> Pairs(string text)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new FormatException($"'{entry}' is not of the form key=value");
            }

            pairs[entry[..equals]] = entry[(equals + 1)..];
        }

        return pairs;
    }

    /// <summary>Splits a comma list, dropping empty entries.</summary>
    public static IReadOnlyList<string> List(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Reads RFC 1123 with a numeric zone, as <c>date -R</c> prints it; empty is null.</summary>
    /// <exception cref="FormatException">The text is another kind of date.</exception>
    public static DateTimeOffset? Rfc1123(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        // .NET's zzz wants a colon inside the zone, RFC 1123 has none.
        var withColon = text.Length > 5 && text[^5] is '+' or '-' ? $"{text[..^2]}:{text[^2..]}" : text;
        return DateTimeOffset.TryParseExact(withColon, CutoffFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw new FormatException($"cannot parse \"{text}\" as \"Mon, 02 Jan 2006 15:04:05 -0700\"");
    }

    /// <summary>Reads a Go duration: signed decimal numbers, each with a unit of ns, us, ms, s, m or h.</summary>
    /// <exception cref="FormatException">A unit is missing or unknown, or there is no number.</exception>
    public static TimeSpan Duration(string text)
    {
        var rest = text.AsSpan();
        var sign = rest.StartsWith("-") ? -1 : 1;
        rest = rest.TrimStart("+-");
        if (rest is "0")
        {
            return TimeSpan.Zero;
        }

        var ticks = 0d;
        do
        {
            ticks += Next(ref rest, text);
        }
        while (rest.Length > 0);

        return ticks < TimeSpan.MaxValue.Ticks
            ? TimeSpan.FromTicks(sign * (long)ticks)
            : throw new FormatException($"time: invalid duration \"{text}\"");
    }

    private static double Next(ref ReadOnlySpan<char> rest, string whole)
    {
        var digits = rest.IndexOfAnyExcept(Digits);
        if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            throw new FormatException(digits < 0 ? $"time: missing unit in duration \"{whole}\"" : $"time: invalid duration \"{whole}\"");
        }

        rest = rest[digits..];
        var unitLength = rest.IndexOfAny(Digits);
        var unit = unitLength < 0 ? rest : rest[..unitLength];
        rest = unitLength < 0 ? [] : rest[unitLength..];
        return number * unit switch
        {
            "ns" => 0.01,
            "us" or "µs" => TimeSpan.TicksPerMicrosecond,
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => throw new FormatException($"time: unknown unit \"{unit}\" in duration \"{whole}\""),
        };
    }
}
