using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Kubernetes.Leasing;

/// <summary>Runs work in one replica at a time: leads while the Lease is held, steps down when it cannot be renewed.</summary>
public sealed class LeaderLease(ApiClient client, LeaseOptions options)
{
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _timeProvider = client.Connection.TimeProvider;
    private readonly LeaseClaim _claim = new(client, options);

    /// <summary>Whether this process leads now.</summary>
    public bool IsLeader { get; private set; }

    /// <summary>Who leads as far as this process knows, or empty.</summary>
    public string Leader => _claim.Holder;

    /// <summary>Why the last attempt failed; null when it did not.</summary>
    public Exception? LastError { get; private set; }

    /// <summary>Leads again and again until cancelled or until the work returns by itself; releases the Lease at the end.</summary>
    /// <param name="lead">The work; its token is cancelled when the Lease is lost, and it must end soon after.</param>
    /// <param name="cancellationToken">Stops leading for good.</param>
    public async Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken)
    {
        while (await AcquireAsync(cancellationToken))
        {
            var isDone = await LeadAsync(lead, cancellationToken);
            if (isDone || cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<bool> AcquireAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!await TryRenewAsync(cancellationToken))
            {
                await Task.Delay(options.RetryPeriod, _timeProvider, cancellationToken);
            }

            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> LeadAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var finished = new CancellationTokenSource();
        IsLeader = true;
        var renewing = RenewUntilLostAsync(lost, finished.Token);
        try
        {
            await lead(lost.Token);
            return !lost.IsCancellationRequested;
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            IsLeader = false;
            await finished.CancelAsync();
            await renewing;
            await ReleaseAsync();
        }
    }

    private async Task RenewUntilLostAsync(CancellationTokenSource lost, CancellationToken finished)
    {
        var renewedAt = _timeProvider.GetTimestamp();
        try
        {
            while (_timeProvider.GetElapsedTime(renewedAt) < options.RenewDeadline)
            {
                await Task.Delay(options.RetryPeriod, _timeProvider, finished);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(finished);
                limit.CancelAfter(options.RenewDeadline);
                var attempted = _timeProvider.GetTimestamp();
                renewedAt = await TryRenewAsync(limit.Token) ? attempted : renewedAt;
                if (_claim.Holder.Length > 0 && _claim.Holder != options.Identity)
                {
                    break; // taken over: it had expired
                }
            }
        }
        catch (OperationCanceledException) when (finished.IsCancellationRequested)
        {
            return;
        }
        catch (OperationCanceledException e)
        {
            LastError = e; // the server did not answer within the deadline
        }

        await lost.CancelAsync();
    }

    private async Task<bool> TryRenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            var isHeld = await _claim.TryAcquireOrRenewAsync(cancellationToken);
            LastError = null;
            return isHeld;
        }
        catch (ApiException e)
        {
            LastError = e;
            return false;
        }
    }

    private async Task ReleaseAsync()
    {
        using var limit = new CancellationTokenSource(ReleaseLimit);
        try
        {
            await _claim.ReleaseAsync(limit.Token);
        }
        catch (Exception e) when (e is ApiException or OperationCanceledException)
        {
            LastError = e; // the Lease expires by itself
        }
    }
}
