namespace SecretsOps.KeyManagement.Http;

/// <summary>When a token ends, by what a service says of it: any number at all, so it is kept within a year.</summary>
internal static class TokenLife
{
    private const double LongestSeconds = 365 * 86_400;

    /// <summary>The time so many seconds from now.</summary>
    public static DateTimeOffset EndsAfter(TimeProvider clock, double seconds) => clock.GetUtcNow().AddSeconds(Math.Clamp(seconds, 0, LongestSeconds));

    /// <summary>The time so many seconds after the start of 1970.</summary>
    public static DateTimeOffset EndsAt(TimeProvider clock, double unixSeconds) => EndsAfter(clock, unixSeconds - clock.GetUtcNow().ToUnixTimeSeconds());
}
