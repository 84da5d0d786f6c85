namespace SecretsOps.Controller.Http;

/// <summary>The generic cell rate algorithm: <c>burst + 1</c> requests at once, then one per interval, per key.</summary>
/// <remarks>One number per key, the theoretical arrival time; keys whose time has passed are forgotten when the table is full.</remarks>
internal sealed class RequestRateLimiter(int perSecond, int burst, TimeProvider time)
{
    private const int MaxKeys = 65_536; // as upstream's store

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _arrivals = new(StringComparer.Ordinal);
    private readonly long _interval = TimeSpan.TicksPerSecond / perSecond;

    /// <summary>Callers remembered: never more than a fixed number.</summary>
    public int KnownCallers => _arrivals.Count;

    private long Tolerance => _interval * Limit;

    private int Limit => burst + 1;

    /// <summary>Counts one request of a caller.</summary>
    public RateDecision Decide(string key)
    {
        var now = time.GetUtcNow().Ticks;
        lock (_gate)
        {
            var arrival = Math.Max(now, _arrivals.GetValueOrDefault(key));
            var next = arrival + _interval;
            var wait = next - Tolerance - now;
            if (wait > 0)
            {
                return Answer(arrival - now, TimeSpan.FromTicks(wait));
            }

            MakeRoom(key, now);
            _arrivals[key] = next;
            return Answer(next - now, null);
        }
    }

    private RateDecision Answer(long untilIdle, TimeSpan? retryAfter) =>
        new(Limit, (int)Math.Max(0, (Tolerance - untilIdle) / _interval), TimeSpan.FromTicks(untilIdle), retryAfter);

    private void MakeRoom(string key, long now)
    {
        if (_arrivals.Count < MaxKeys || _arrivals.ContainsKey(key))
        {
            return;
        }

        foreach (var idle in _arrivals.Where(entry => entry.Value <= now).Select(entry => entry.Key).ToList())
        {
            _arrivals.Remove(idle);
        }

        if (_arrivals.Count >= MaxKeys)
        {
            _arrivals.Remove(_arrivals.MinBy(entry => entry.Value).Key);
        }
    }
}

/// <summary>What the limiter says of one request; <see cref="RetryAfter"/> is null when it may pass.</summary>
internal readonly record struct RateDecision(int Limit, int Remaining, TimeSpan Reset, TimeSpan? RetryAfter)
{
    public bool IsLimited => RetryAfter is not null;
}
