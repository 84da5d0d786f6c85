namespace SecretsOps.KeyManagement.Http;

/// <summary>Keeps a token or temporary credential until shortly before it ends, and fetches it once for all who wait.</summary>
#pragma warning disable CA1001 // a semaphore whose wait handle is never asked for holds nothing to dispose
internal sealed class TokenCache<T>(TimeProvider clock)
    where T : class
#pragma warning restore CA1001
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private T? _value;
    private DateTimeOffset _refreshAt;

    /// <summary>The value; <paramref name="fetch"/> gives a new one with the time at which it ends.</summary>
    public async Task<T> GetAsync(Func<CancellationToken, Task<(T Value, DateTimeOffset Expires)>> fetch, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var now = clock.GetUtcNow();
            if (_value is null || now >= _refreshAt)
            {
                (_value, var expires) = await fetch(cancellationToken).ConfigureAwait(false);
                var life = expires - now;
                _refreshAt = expires - (life > 2 * Margin ? Margin : life / 2);
            }

            return _value;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Forgets the value, after the service refused it.</summary>
    public void Forget() => _refreshAt = DateTimeOffset.MinValue;
}
