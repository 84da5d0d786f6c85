namespace SecretsOps.Kubernetes.Reconciling;

/// <summary>Workers that take keys from a queue and reconcile them: done, look again later, retry with back-off, or give up.</summary>
public sealed class ReconcileLoop<TKey>(
    WorkQueue<TKey> queue, Func<TKey, CancellationToken, Task<ReconcileResult>> reconcile, int workers, TimeProvider timeProvider)
    where TKey : notnull
{
    /// <summary>Called after each reconcile, on the worker's thread.</summary>
    public Action<ReconcileOutcome<TKey>>? Finished { get; init; }

    /// <summary>Works until cancelled; returns when the last reconcile under way has ended.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(cancellationToken), CancellationToken.None)));
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            TKey key;
            try
            {
                key = await queue.TakeAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                await ReconcileOneAsync(key, cancellationToken);
            }
            finally
            {
                queue.Done(key);
            }
        }
    }

    private async Task ReconcileOneAsync(TKey key, CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        ReconcileOutcome<TKey> outcome;
        try
        {
            var result = await reconcile(key, cancellationToken);
            queue.Forget(key);
            if (result.Delay is { } delay)
            {
                queue.AddAfter(key, delay);
            }

            outcome = new(key, timeProvider.GetElapsedTime(started), result, null, result.Delay);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            TimeSpan? retryAfter = e is TerminalException ? null : queue.AddWithBackOff(key);
            outcome = new(key, timeProvider.GetElapsedTime(started), null, e, retryAfter);
        }

        Finished?.Invoke(outcome);
    }
}
