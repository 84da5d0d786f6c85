using System.Globalization;
using System.Text.RegularExpressions;

namespace SecretsOps.Kubernetes.Objects.Yaml;

/// <summary>Recognises what YAML 1.1 would take for a date or time, so that a writer knows to quote it.</summary>
internal static partial class YamlTimestamp
{
    internal static bool Matches(string text)
    {
        var match = Shape().Match(text);
        return match.Success && IsDate(match) && IsTime(match);
    }

    private static bool IsDate(Match match)
    {
        var year = Number(match, "year");
        var month = Number(match, "month");
        var day = Number(match, "day");
        return month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(Math.Max(year, 1), month);
    }

    private static bool IsTime(Match match) =>
        !match.Groups["hour"].Success
        || (Number(match, "hour") < 24 && Number(match, "minute") < 60 && Number(match, "second") < 60);

    private static int Number(Match match, string name) =>
        int.Parse(match.Groups[name].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    // The four layouts that go-yaml tries: T or t with a zone, a blank without one, a date alone.
    [GeneratedRegex(
        @"^(?<year>[0-9]{4})-(?<month>[0-9]{1,2})-(?<day>[0-9]{1,2})"
        + @"(?:[Tt](?<hour>[0-9]{1,2}):(?<minute>[0-9]{1,2}):(?<second>[0-9]{1,2})(?:[.,][0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
        + @"| (?<hour>[0-9]{1,2}):(?<minute>[0-9]{1,2}):(?<second>[0-9]{1,2})(?:[.,][0-9]+)?)?\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Shape();
}
