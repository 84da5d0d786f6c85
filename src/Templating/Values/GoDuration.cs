using System.Globalization;

namespace SecretsOps.Templating.Values;

/// <summary>Reads and writes Go durations such as <c>1h15m30.918s</c>.</summary>
internal static class GoDuration
{
    private static readonly System.Buffers.SearchValues<char> NumberCharacters = System.Buffers.SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Ticks)[] Units =
        [("ns", 0.01), ("us", 10), ("µs", 10), ("ms", 1e4), ("s", 1e7), ("m", 6e8), ("h", 3.6e10)];

    internal static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        var sign = duration < TimeSpan.Zero ? "-" : "";
        var ticks = Math.Abs((decimal)duration.Ticks);
        if (ticks < TimeSpan.TicksPerSecond)
        {
            return sign + (ticks < 10 ? $"{ticks * 100:0}ns" : ticks < TimeSpan.TicksPerMillisecond ? Number(ticks / 10) + "\u00c2\u00b5s" : Number(ticks / 10_000) + "ms");
        }

        var hours = decimal.Floor(ticks / TimeSpan.TicksPerHour);
        var minutes = decimal.Floor(ticks / TimeSpan.TicksPerMinute) % 60;
        var seconds = Number(ticks / TimeSpan.TicksPerSecond % 60) + "s";
        return sign + (hours > 0 ? $"{hours:0}h{minutes:0}m{seconds}" : minutes > 0 ? $"{minutes:0}m{seconds}" : seconds);
    }

    internal static TimeSpan? TryParse(string text)
    {
        var rest = text.AsSpan();
        var isNegative = rest.StartsWith("-");
        rest = rest.TrimStart(isNegative ? '-' : '+');
        if (rest is "0")
        {
            return TimeSpan.Zero;
        }

        var ticks = 0.0;
        var isEmpty = true;
        while (!rest.IsEmpty)
        {
            var length = rest.IndexOfAnyExcept(NumberCharacters);
            if (length <= 0 || !double.TryParse(rest[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            rest = rest[length..];
            var unitLength = rest.IndexOfAny(NumberCharacters) is var next && next < 0 ? rest.Length : next;
            var unit = ByteText.ToText(rest[..unitLength].ToString());
            var known = Array.Find(Units, candidate => candidate.Unit == unit);
            if (known.Unit is null)
            {
                return null;
            }

            ticks += number * known.Ticks;
            rest = rest[unitLength..];
            isEmpty = false;
        }

        return isEmpty || ticks > long.MaxValue / 2.0 ? null : TimeSpan.FromTicks((long)Math.Round(isNegative ? -ticks : ticks));
    }

    private static string Number(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);
}
