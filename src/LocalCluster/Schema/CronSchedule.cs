using System.Globalization;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>The syntax of a CronJob's schedule: five fields, or a word such as <c>@daily</c>.</summary>
internal static class CronSchedule
{
    private static readonly (int Minimum, int Maximum, string[] Names)[] Fields =
    [
        (0, 59, []), (0, 23, []), (1, 31, []),
        (1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
        (0, 6, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ];

    private static readonly string[] Words = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

    /// <summary>What is wrong with it, or null.</summary>
    public static string? Problem(string schedule)
    {
        if (schedule.StartsWith('@'))
        {
            return Words.Contains(schedule) || schedule.StartsWith("@every ", StringComparison.Ordinal) ? null : $"unrecognized descriptor: {schedule}";
        }

        var parts = schedule.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length != Fields.Length
            ? $"expected exactly 5 fields, found {parts.Length}: [{string.Join(' ', parts)}]"
            : parts.SelectMany((part, i) => part.Split(',').Select(range => RangeProblem(range, i))).FirstOrDefault(problem => problem is not null);
    }

    private static string? RangeProblem(string range, int index)
    {
        var (minimum, maximum, names) = Fields[index];
        var step = range.Split('/');
        if (step.Length > 2)
        {
            return $"too many slashes: {range}";
        }

        if (step.Length == 2 && (!int.TryParse(step[1], CultureInfo.InvariantCulture, out var size) || size <= 0))
        {
            return $"failed to parse int from {step[1]}: strconv.Atoi: parsing \"{step[1]}\": invalid syntax";
        }

        if (step[0] is "*" or "?")
        {
            return null;
        }

        foreach (var bound in step[0].Split('-'))
        {
            var value = Array.IndexOf(names, bound.ToLowerInvariant()) + minimum;
            if (value < minimum && !int.TryParse(bound, CultureInfo.InvariantCulture, out value))
            {
                return $"failed to parse int from {bound}: strconv.Atoi: parsing \"{bound}\": invalid syntax";
            }

            if (value < minimum)
            {
                return $"beginning of range ({value}) below minimum ({minimum}): {range}";
            }

            if (value > maximum)
            {
                return $"end of range ({value}) above maximum ({maximum}): {range}";
            }
        }

        return null;
    }
}
