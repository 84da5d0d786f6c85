using System.Globalization;

namespace SecretsOps.Templating.Values;

/// <summary>The parts of a time while it is being parsed.</summary>
internal sealed class TimeFields
{
    private int _year;
    private int _month = 1;
    private int _day = 1;
    private int _dayOfYear;
    private int _hour;
    private int _minute;
    private int _second;
    private long _ticks;
    private bool? _isAfternoon;
    private TimeSpan? _offset;

    internal bool Read(string part, string text, ref int at)
    {
        if (part[0] is '.' or ',')
        {
            return ReadFraction(text, ref at) || part[1] == '9';
        }

        switch (part)
        {
            case "2006":
                return Number(text, ref at, 4, 4, out _year);
            case "06":
                var isRead = Number(text, ref at, 2, 2, out _year);
                _year += _year >= 69 ? 1900 : 2000;
                return isRead;
            case "January":
                return Name(text, ref at, CultureInfo.InvariantCulture.DateTimeFormat.MonthNames, out _month);
            case "Jan":
                return Name(text, ref at, CultureInfo.InvariantCulture.DateTimeFormat.AbbreviatedMonthNames, out _month);
            case "Monday":
                return Name(text, ref at, CultureInfo.InvariantCulture.DateTimeFormat.DayNames, out _);
            case "Mon":
                return Name(text, ref at, CultureInfo.InvariantCulture.DateTimeFormat.AbbreviatedDayNames, out _);
            case "01":
                return Number(text, ref at, 2, 2, out _month);
            case "1":
                return Number(text, ref at, 1, 2, out _month);
            case "02":
                return Number(text, ref at, 2, 2, out _day);
            case "2" or "_2":
                at += part == "_2" && at < text.Length && text[at] == ' ' ? 1 : 0;
                return Number(text, ref at, 1, 2, out _day);
            case "002" or "__2":
                return Number(text, ref at, 3, 3, out _dayOfYear);
            case "15" or "03":
                return Number(text, ref at, 2, 2, out _hour);
            case "3":
                return Number(text, ref at, 1, 2, out _hour);
            case "04":
                return Number(text, ref at, 2, 2, out _minute);
            case "4":
                return Number(text, ref at, 1, 2, out _minute);
            case "05":
                return Number(text, ref at, 2, 2, out _second);
            case "5":
                return Number(text, ref at, 1, 2, out _second);
            case "PM" or "pm":
                return Noon(text, ref at);
            case "MST":
                return ZoneName(text, ref at);
            default:
                return Offset(part, text, ref at);
        }
    }

    internal bool ReadFraction(string text, ref int at)
    {
        if (at + 1 >= text.Length || text[at] is not ('.' or ',') || !char.IsAsciiDigit(text[at + 1]))
        {
            return false;
        }

        var scale = TimeSpan.TicksPerSecond / 10;
        for (at++; at < text.Length && char.IsAsciiDigit(text[at]); at++)
        {
            _ticks += (text[at] - '0') * scale;
            scale /= 10;
        }

        return true;
    }

    internal DateTimeOffset? ToTime(TimeZoneInfo zone)
    {
        var hour = _isAfternoon switch { true when _hour < 12 => _hour + 12, false when _hour == 12 => 0, _ => _hour };
        var year = Math.Max(_year, 1); // .NET has no year 0
        if (_month is < 1 or > 12 || _day < 1 || _day > DateTime.DaysInMonth(year, _month) || hour > 23 || _minute > 59 || _second > 59)
        {
            return null;
        }

        var local = new DateTime(year, _month, _day, hour, _minute, _second).AddTicks(_ticks).AddDays(_dayOfYear > 0 ? _dayOfYear - 1 : 0);
        return new DateTimeOffset(local, _offset ?? zone.GetUtcOffset(local));
    }

    private static bool Number(string text, ref int at, int least, int most, out int value)
    {
        var length = 0;
        while (length < most && at + length < text.Length && char.IsAsciiDigit(text[at + length]))
        {
            length++;
        }

        value = length < least ? 0 : int.Parse(text.AsSpan(at, length), CultureInfo.InvariantCulture);
        at += length;
        return length >= least;
    }

    private static bool Name(string text, ref int at, string[] names, out int number)
    {
        for (number = 1; number <= names.Length; number++)
        {
            var name = names[number - 1];
            if (name.Length > 0 && string.Compare(text, at, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0)
            {
                at += name.Length;
                return true;
            }
        }

        return false;
    }

    private bool Noon(string text, ref int at)
    {
        var word = at + 2 <= text.Length ? text.Substring(at, 2).ToUpperInvariant() : "";
        _isAfternoon = word == "PM";
        at += 2;
        return word is "AM" or "PM";
    }

    private bool ZoneName(string text, ref int at)
    {
        var length = 0;
        while (at + length < text.Length && char.IsAsciiLetterUpper(text[at + length]))
        {
            length++;
        }

        _offset ??= TimeSpan.Zero; // Go knows no other abbreviation either, and invents a zone of offset 0
        at += length;
        return length >= 3;
    }

    private bool Offset(string part, string text, ref int at)
    {
        if (part[0] == 'Z' && at < text.Length && text[at] == 'Z')
        {
            at++;
            _offset = TimeSpan.Zero;
            return true;
        }

        if (at >= text.Length || text[at] is not ('+' or '-'))
        {
            return false;
        }

        var sign = text[at++] == '-' ? -1 : 1;
        var minutes = 0;
        var isRead = Number(text, ref at, 2, 2, out var hours);
        if (isRead && part.Length > 3)
        {
            at += part.Contains(':', StringComparison.Ordinal) && at < text.Length && text[at] == ':' ? 1 : 0;
            isRead = Number(text, ref at, 2, 2, out minutes);
        }

        _offset = sign * new TimeSpan(hours, minutes, 0);
        return isRead && hours <= 14;
    }
}
