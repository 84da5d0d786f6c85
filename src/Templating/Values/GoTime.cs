using System.Globalization;
using System.Text;

namespace SecretsOps.Templating.Values;

/// <summary>Formats and parses times by Go's layouts, in which <c>Mon Jan 2 15:04:05 MST 2006</c> stands for the parts.</summary>
internal static class GoTime
{
    // Longest first where one begins another.
    private static readonly string[] Parts =
    [
        "January", "Jan", "Monday", "Mon", "MST", "2006", "-07:00:00", "-07:00", "-0700", "-07", "Z07:00", "Z0700", "Z07",
        "002", "01", "02", "03", "04", "05", "06", "15", "PM", "pm", "__2", "_2", "1", "2", "3", "4", "5",
    ];

    internal static string Default(DateTimeOffset time) => Format(time, "2006-01-02 15:04:05.999999999 -0700 MST");

    internal static string Format(DateTimeOffset time, string layout)
    {
        var result = new StringBuilder();
        for (var i = 0; i < layout.Length;)
        {
            var part = PartAt(layout, i);
            result.Append(part.Length == 0 ? layout[i].ToString() : Render(time, part));
            i += Math.Max(part.Length, 1);
        }

        return result.ToString();
    }

    internal static DateTimeOffset? TryParse(string layout, string text, TimeZoneInfo zone)
    {
        var fields = new TimeFields();
        var at = 0;
        for (var i = 0; i < layout.Length;)
        {
            var part = PartAt(layout, i);
            if (part.Length == 0)
            {
                if (at >= text.Length || text[at++] != layout[i++])
                {
                    return null;
                }

                continue;
            }

            i += part.Length;
            if (!fields.Read(part, text, ref at))
            {
                return null;
            }

            if (part is "05" or "5" && (i >= layout.Length || layout[i] is not ('.' or ',')))
            {
                fields.ReadFraction(text, ref at); // Go accepts a fraction after the seconds even where the layout has none
            }
        }

        return at == text.Length ? fields.ToTime(zone) : null;
    }

    private static string PartAt(string layout, int i)
    {
        if (layout[i] is '.' or ',' && i + 1 < layout.Length && layout[i + 1] is '0' or '9')
        {
            var end = i + 1;
            while (end < layout.Length && layout[end] == layout[i + 1])
            {
                end++;
            }

            if (end == layout.Length || !char.IsAsciiDigit(layout[end]))
            {
                return layout[i..end];
            }
        }

        foreach (var part in Parts)
        {
            if (string.CompareOrdinal(layout, i, part, 0, part.Length) == 0 && !IsLongerWord(layout, i, part))
            {
                return part;
            }
        }

        return "";
    }

    // 'Jan' and 'Mon' count only where the word does not go on in lower case ('Month')
    private static bool IsLongerWord(string layout, int i, string part) =>
        part is "Jan" or "Mon" && i + 3 < layout.Length && char.IsAsciiLetterLower(layout[i + 3]);

    private static string Render(DateTimeOffset time, string part)
    {
        if (part[0] is '.' or ',')
        {
            return Fraction(time, part);
        }

        var hour12 = time.Hour % 12 == 0 ? 12 : time.Hour % 12;
        return part switch
        {
            "January" => time.ToString("MMMM", CultureInfo.InvariantCulture),
            "Jan" => time.ToString("MMM", CultureInfo.InvariantCulture),
            "Monday" => time.DayOfWeek.ToString(),
            "Mon" => time.DayOfWeek.ToString()[..3],
            "MST" => time.Offset == TimeSpan.Zero ? "UTC" : Offset(time.Offset, time.Offset.Minutes == 0 ? "-07" : "-0700"),
            "2006" => time.Year.ToString("0000", CultureInfo.InvariantCulture),
            "06" => (time.Year % 100).ToString("00", CultureInfo.InvariantCulture),
            "01" => time.Month.ToString("00", CultureInfo.InvariantCulture),
            "1" => time.Month.ToString(CultureInfo.InvariantCulture),
            "02" => time.Day.ToString("00", CultureInfo.InvariantCulture),
            "_2" => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            "2" => time.Day.ToString(CultureInfo.InvariantCulture),
            "002" => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            "__2" => time.DayOfYear.ToString(CultureInfo.InvariantCulture).PadLeft(3),
            "15" => time.Hour.ToString("00", CultureInfo.InvariantCulture),
            "03" => hour12.ToString("00", CultureInfo.InvariantCulture),
            "3" => hour12.ToString(CultureInfo.InvariantCulture),
            "04" => time.Minute.ToString("00", CultureInfo.InvariantCulture),
            "4" => time.Minute.ToString(CultureInfo.InvariantCulture),
            "05" => time.Second.ToString("00", CultureInfo.InvariantCulture),
            "5" => time.Second.ToString(CultureInfo.InvariantCulture),
            "PM" => time.Hour < 12 ? "AM" : "PM",
            "pm" => time.Hour < 12 ? "am" : "pm",
            _ => part[0] == 'Z' && time.Offset == TimeSpan.Zero ? "Z" : Offset(time.Offset, part.TrimStart('Z', '-').Insert(0, "-")),
        };
    }

    private static string Fraction(DateTimeOffset time, string part)
    {
        var nanoseconds = (time.Ticks % TimeSpan.TicksPerSecond * 100).ToString("000000000", CultureInfo.InvariantCulture);
        var digits = nanoseconds[..Math.Min(part.Length - 1, 9)].PadRight(part.Length - 1, '0');
        digits = part[1] == '9' ? digits.TrimEnd('0') : digits;
        return digits.Length == 0 ? "" : part[0] + digits;
    }

    private static string Offset(TimeSpan offset, string part)
    {
        var sign = offset < TimeSpan.Zero ? '-' : '+';
        var size = offset.Duration();
        return part switch
        {
            "-07" => $"{sign}{size.Hours:00}",
            "-0700" => $"{sign}{size.Hours:00}{size.Minutes:00}",
            "-07:00:00" => $"{sign}{size.Hours:00}:{size.Minutes:00}:{size.Seconds:00}",
            _ => $"{sign}{size.Hours:00}:{size.Minutes:00}",
        };
    }
}
