using System.Globalization;
using SecretsOps.Templating.Values;
using static SecretsOps.Templating.Functions.Define;
using static SecretsOps.Templating.Functions.ParameterKind;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's functions on dates and durations.</summary>
internal static class DateFunctions
{
    private static readonly (string Unit, double Ticks)[] Units =
    [
        ("y", TimeSpan.TicksPerDay * 365.0),
        ("mo", TimeSpan.TicksPerDay * 30.0),
        ("d", TimeSpan.TicksPerDay),
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
    ];

    internal static IEnumerable<TemplateFunction> All =>
    [
        Function("now", [], call => call.Options.TimeProvider.GetUtcNow().ToOffset(Local(call).GetUtcOffset(call.Options.TimeProvider.GetUtcNow()))),
        Function("date", [Text, Any], call => Format(call, call.Text(0), call[1], Local(call))),
        Function("dateInZone", [Text, Any, Text], call => Format(call, call.Text(0), call[1], Zone(call, call.Text(2)))),
        Function("date_in_zone", [Text, Any, Text], call => Format(call, call.Text(0), call[1], Zone(call, call.Text(2)))),
        Function("htmlDate", [Any], call => Format(call, "2006-01-02", call[0], Local(call))),
        Function("htmlDateInZone", [Any, Text], call => Format(call, "2006-01-02", call[0], Zone(call, call.Text(1)))),
        Function("dateModify", [Text, Any], call => Modify(call, isStrict: false)),
        Function("date_modify", [Text, Any], call => Modify(call, isStrict: false)),
        Function("mustDateModify", [Text, Any], call => Modify(call, isStrict: true)),
        Function("must_date_modify", [Text, Any], call => Modify(call, isStrict: true)),
        Function("toDate", [Text, Text], call => GoTime.TryParse(call.Text(0), call.Text(1), Local(call)) ?? default(DateTimeOffset)),
        Function("mustToDate", [Text, Text], call => GoTime.TryParse(call.Text(0), call.Text(1), Local(call)) is { } time
            ? time
            : throw new TemplateFunctionException($"parsing time {GoQuote.Quote(call.Text(1))} as {GoQuote.Quote(call.Text(0))}: cannot parse")),
        Function("unixEpoch", [Any], call => ToTime(call, call[0]).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
        Function("ago", [Any], call => GoDuration.Format(Rounded(Now(call) - ToTime(call, call[0])))),
        Function("duration", [Any], call => GoDuration.Format(TimeSpan.FromSeconds(Cast.ToLong(call[0])))),
        Function("durationRound", [Any], call => RoundDuration(Duration(call))),
    ];

    private static DateTimeOffset Now(FunctionCall call) => call.Options.TimeProvider.GetUtcNow();

    private static TimeZoneInfo Local(FunctionCall call) => call.Options.TimeProvider.LocalTimeZone;

    private static TimeZoneInfo Zone(FunctionCall call, string name)
    {
        if (name is "" or "UTC")
        {
            return TimeZoneInfo.Utc;
        }

        return name == "Local" ? Local(call) : TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
    }

    private static string Format(FunctionCall call, string layout, object? date, TimeZoneInfo zone) =>
        GoTime.Format(TimeZoneInfo.ConvertTime(ToTime(call, date), zone), layout);

    private static DateTimeOffset ToTime(FunctionCall call, object? date) => date switch
    {
        DateTimeOffset time => time,
        _ when GoType.Signed(date) is { } seconds => DateTimeOffset.FromUnixTimeSeconds(seconds),
        _ => Now(call),
    };

    private static DateTimeOffset Modify(FunctionCall call, bool isStrict)
    {
        var date = ToTime(call, call[1]);
        return GoDuration.TryParse(call.Text(0)) is { } duration ? date + duration
            : isStrict ? throw new TemplateFunctionException($"time: invalid duration {GoQuote.Quote(call.Text(0))}")
            : date;
    }

    private static TimeSpan Duration(FunctionCall call) => call[0] switch
    {
        string text => GoDuration.TryParse(text) ?? TimeSpan.Zero,
        DateTimeOffset time => Now(call) - time,
        TimeSpan duration => duration,
        long nanoseconds => TimeSpan.FromTicks(nanoseconds / 100),
        _ => TimeSpan.Zero,
    };

    private static string RoundDuration(TimeSpan duration)
    {
        var ticks = (double)Math.Abs(duration.Ticks);
        foreach (var (unit, size) in Units)
        {
            if (ticks > size)
            {
                return $"{(duration < TimeSpan.Zero ? "-" : "")}{Math.Floor(ticks / size):0}{unit}";
            }
        }

        return "0s";
    }

    private static TimeSpan Rounded(TimeSpan duration) => TimeSpan.FromSeconds(Math.Round(duration.TotalSeconds, MidpointRounding.AwayFromZero));
}
