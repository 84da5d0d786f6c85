using System.Globalization;

namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>Reads the four forms of timestamps that go-yaml v3 knows and prints them as RFC 3339.</summary>
internal static class YamlTimestamp
{
    /// <summary>Canonical text: nanoseconds trimmed, <c>Z</c> for no offset.</summary>
    public static bool TryParse(string text, out string rfc3339)
    {
        rfc3339 = "";
        if (text.Length < 8 || text[4] != '-' || !IsDigits(text, 0, 4))
        {
            return false;
        }

        var at = 5;
        var year = int.Parse(text.AsSpan(0, 4), CultureInfo.InvariantCulture);
        if (!Number(text, ref at, out var month) || !Literal(text, ref at, '-') || !Number(text, ref at, out var day)
            || year == 0 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        var date = $"{text[..4]}-{month:D2}-{day:D2}";
        if (at == text.Length)
        {
            rfc3339 = date + "T00:00:00Z";
            return true;
        }

        var separator = text[at++];
        if (separator is not ('T' or 't' or ' ') || !TryTime(text, ref at, out var time)
            || !TryZone(text, ref at, isWithoutZone: separator == ' ', out var zone) || at != text.Length)
        {
            return false;
        }

        rfc3339 = $"{date}T{time}{zone}";
        return true;
    }

    private static bool TryTime(string text, ref int at, out string time)
    {
        time = "";
        if (!Number(text, ref at, out var hour) || !Literal(text, ref at, ':') || !Number(text, ref at, out var minute)
            || !Literal(text, ref at, ':') || !Number(text, ref at, out var second) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var fraction = "";
        if (at + 1 < text.Length && text[at] == '.' && char.IsAsciiDigit(text[at + 1]))
        {
            var start = ++at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
            {
                at++;
            }

            fraction = text[start..Math.Min(at, start + 9)].TrimEnd('0');
        }

        time = $"{hour:D2}:{minute:D2}:{second:D2}" + (fraction.Length > 0 ? "." + fraction : "");
        return true;
    }

    private static bool TryZone(string text, ref int at, bool isWithoutZone, out string zone)
    {
        zone = "Z";
        if (isWithoutZone)
        {
            return true;
        }

        if (at < text.Length && text[at] == 'Z')
        {
            at++;
            return true;
        }

        if (at + 6 != text.Length || text[at] is not ('+' or '-') || text[at + 3] != ':' || !IsDigits(text, at + 1, 2) || !IsDigits(text, at + 4, 2)
            || string.CompareOrdinal(text, at + 1, "24", 0, 2) > 0 || text[at + 4] > '5')
        {
            return false;
        }

        var offset = text[at..];
        at = text.Length;
        zone = offset is "+00:00" or "-00:00" ? "Z" : offset;
        return true;
    }

    private static bool Number(string text, ref int at, out int number)
    {
        var start = at;
        while (at < text.Length && at < start + 2 && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        number = at > start ? int.Parse(text.AsSpan(start, at - start), CultureInfo.InvariantCulture) : 0;
        return at > start;
    }

    private static bool Literal(string text, ref int at, char expected) => at < text.Length && text[at++] == expected;

    private static bool IsDigits(string text, int start, int count) => text.AsSpan(start, count).IndexOfAnyExceptInRange('0', '9') < 0;
}
