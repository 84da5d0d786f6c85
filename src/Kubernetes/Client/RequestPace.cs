namespace SecretsOps.Kubernetes.Client;

/// <summary>A limit on requests that a client sets itself: so many per second on average, so many at once.</summary>
/// <remarks>Nobody needs one by default: the API server says itself when it is busy (429 and Retry-After).</remarks>
public sealed class RequestPace(double perSecond, int burst, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly TimeSpan _interval = TimeSpan.FromSeconds(1 / perSecond);
    private readonly TimeSpan _slack = TimeSpan.FromSeconds((Math.Max(1, burst) - 1) / perSecond);
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>Returns when the next request may be sent.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        var wait = Take();
        return wait > TimeSpan.Zero ? Task.Delay(wait, time, cancellationToken) : Task.CompletedTask;
    }

    // One number: when the next request would be due if all came evenly; a burst may run ahead of it.
    internal TimeSpan Take()
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            var due = _next > now ? _next : now;
            _next = due + _interval;
            return due - now - _slack;
        }
    }
}
