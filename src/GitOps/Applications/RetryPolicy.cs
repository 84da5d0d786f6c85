using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SecretsOps.GitOps.Applications;

/// <summary>How often and how late a failed sync is tried again.</summary>
internal sealed partial record RetryPolicy(long Limit, TimeSpan First, long Factor, TimeSpan Longest, bool TakesNewestRevision)
{
    /// <summary>What automated syncs get where nothing is said.</summary>
    public static readonly RetryPolicy Automated = new(5, TimeSpan.FromSeconds(5), 2, TimeSpan.FromMinutes(3), false);

    public static RetryPolicy Read(JsonObject? json, long limitWhenAbsent)
    {
        if (json is null)
        {
            return Automated with { Limit = limitWhenAbsent };
        }

        var backoff = json["backoff"] as JsonObject ?? [];
        return new RetryPolicy(
            json.NumberAt("limit") ?? 0,
            Duration(backoff["duration"], TimeSpan.FromSeconds(5)),
            backoff.NumberAt("factor") ?? 2,
            Duration(backoff["maxDuration"], TimeSpan.FromMinutes(3)),
            json.FlagAt("refresh"));
    }

    /// <summary>A negative limit means without end.</summary>
    public bool Allows(long retriesSoFar) => Limit < 0 || retriesSoFar < Limit;

    public TimeSpan DelayAfter(long retriesSoFar)
    {
        var seconds = First.TotalSeconds * Math.Pow(Factor, Math.Min(retriesSoFar, 64));
        return seconds < Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Longest;
    }

    /// <summary>Go's notation (<c>1m30s</c>); a bare number counts seconds.</summary>
    public static TimeSpan Duration(JsonNode? node, TimeSpan absent)
    {
        var text = node?.ToString() ?? "";
        if (text.Length == 0)
        {
            return absent;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var bare))
        {
            return TimeSpan.FromSeconds(bare);
        }

        var parts = Part().Matches(text);
        return parts.Count > 0 && parts.Sum(part => part.Length) == text.Length
            ? TimeSpan.FromSeconds(parts.Sum(Seconds))
            : throw new FormatException($"'{text}' is not a duration: write 30s, 5m or 1h30m");
    }

    private static double Seconds(Match part) =>
        double.Parse(part.Groups[1].Value, CultureInfo.InvariantCulture) * part.Groups[2].Value switch
        {
            "h" => 3600,
            "m" => 60,
            "ms" => 0.001,
            "us" or "µs" => 0.000001,
            "ns" => 0.000000001,
            _ => 1,
        };

    [GeneratedRegex(@"(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)")]
    private static partial Regex Part();
}
