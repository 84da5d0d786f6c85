using System.Globalization;

namespace SecretsOps.GitOps.Projects;

/// <summary>A cron schedule of five fields: minute, hour, day of month, month, day of week; lists, ranges, steps, names, and <c>@daily</c> and its like.</summary>
internal sealed class CronSchedule
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly HashSet<int> _minutes;
    private readonly HashSet<int> _hours;
    private readonly HashSet<int> _daysOfMonth;
    private readonly HashSet<int> _months;
    private readonly HashSet<int> _daysOfWeek;
    private readonly bool _isAnyDay;

    private CronSchedule(string[] fields)
    {
        _minutes = Read(fields[0], 0, 59, [], 0);
        _hours = Read(fields[1], 0, 23, [], 0);
        _daysOfMonth = Read(fields[2], 1, 31, [], 0);
        _months = Read(fields[3], 1, 12, Months, 1);
        _daysOfWeek = [.. Read(fields[4], 0, 7, Days, 0).Select(day => day % 7)];
        _isAnyDay = fields[2][0] is '*' or '?' || fields[4][0] is '*' or '?';
    }

    /// <exception cref="FormatException">The text is no schedule.</exception>
    public static CronSchedule Parse(string text)
    {
        var plain = text.Trim() switch
        {
            "@yearly" or "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" or "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            var other => other,
        };
        var fields = plain.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length == 5 ? new CronSchedule(fields) : throw new FormatException($"syncWindows: '{text}' is not a schedule of five fields, as in '0 22 * * *'");
    }

    /// <summary>The latest start no longer ago than a duration, the moment itself included; null when there is none.</summary>
    public DateTime? LastBefore(DateTime moment, TimeSpan duration)
    {
        var minute = new DateTime(moment.Year, moment.Month, moment.Day, moment.Hour, moment.Minute, 0, DateTimeKind.Unspecified);
        var earliest = moment - duration;
        for (var candidate = minute; candidate > earliest;)
        {
            if (Fits(candidate))
            {
                return candidate;
            }

            candidate = IsDay(candidate) ? candidate.AddMinutes(-1) : candidate.Date.AddMinutes(-1);
        }

        return null;
    }

    private bool Fits(DateTime time) => _minutes.Contains(time.Minute) && _hours.Contains(time.Hour) && IsDay(time);

    // Where both kinds of days are given either one is enough; a star leaves the choice to the other.
    private bool IsDay(DateTime time)
    {
        var (byMonth, byWeek) = (_daysOfMonth.Contains(time.Day), _daysOfWeek.Contains((int)time.DayOfWeek));
        return _months.Contains(time.Month) && (_isAnyDay ? byMonth && byWeek : byMonth || byWeek);
    }

    private static HashSet<int> Read(string field, int least, int most, string[] names, int firstName)
    {
        var values = new HashSet<int>();
        foreach (var part in field.Split(','))
        {
            var (range, step) = part.Split('/') switch
            {
                [var whole] => (whole, 1),
                [var whole, var every] when int.TryParse(every, CultureInfo.InvariantCulture, out var number) && number > 0 => (whole, number),
                _ => throw Malformed(field),
            };
            var (from, to) = range is "*" or "?" ? (least, most) : range.Split('-') switch
            {
                [var one] => (Number(one), part.Contains('/', StringComparison.Ordinal) ? most : Number(one)),
                [var first, var last] => (Number(first), Number(last)),
                _ => throw Malformed(field),
            };
            for (var value = from; value <= to; value += step)
            {
                values.Add(value);
            }
        }

        return values;

        int Number(string text)
        {
            var name = System.Array.IndexOf(names, text.ToLowerInvariant());
            var number = name >= 0 ? name + firstName : int.TryParse(text, CultureInfo.InvariantCulture, out var parsed) ? parsed : -1;
            return number >= least && number <= most ? number : throw Malformed(field);
        }
    }

    private static FormatException Malformed(string field) => new($"syncWindows: '{field}' is not a field of a schedule");
}
