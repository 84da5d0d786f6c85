using SecretsOps.Controller.Keys;
using SecretsOps.Controller.Metrics;
using SecretsOps.Controller.Options;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Reconciling;
using SecretsOps.Kubernetes.Watching;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>Decides which SealedSecrets need work and when; runs in the leader, on caches that every replica keeps warm.</summary>
internal sealed partial class SealedSecretController : IDisposable
{
    private readonly NamespacedInformers _sealedSecrets;
    private readonly LiveSecrets _live;
    private readonly KeyRingState _keys;
    private readonly SettledObjects _settled;
    private readonly SealedSecretReconciler _reconciler;
    private readonly ReconcileOptions _options;
    private readonly ControllerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WorkQueue<NamespacedName> _queue;
    private volatile bool _isLeading;

    /// <summary>Listens to the caches and the ring.</summary>
    public SealedSecretController(
        NamespacedInformers sealedSecrets,
        LiveSecrets live,
        KeyRingState keys,
        SettledObjects settled,
        SealedSecretReconciler reconciler,
        ReconcileOptions options,
        ControllerMetrics metrics,
        TimeProvider time,
        ILogger<SealedSecretController> logger)
    {
        (_sealedSecrets, _live, _keys, _settled, _reconciler, _options, _metrics, _time, _logger) =
            (sealedSecrets, live, keys, settled, reconciler, options, metrics, time, logger);
        _queue = new WorkQueue<NamespacedName>(time, new BackOff { First = TimeSpan.FromMilliseconds(50), Longest = options.MaxRetryDelay });
        sealedSecrets.Changed += OnSealedSecret;
        keys.Changed += OnKeys;
        if (live.Informers is { } secrets)
        {
            secrets.Changed += OnSecret;
        }
    }

    /// <summary>Whether names wait for a worker.</summary>
    public bool HasBacklog => _queue.Count > 0;

    private int Workers => _options.Workers > 0 ? _options.Workers : Math.Max(2, Environment.ProcessorCount * 2);

    /// <summary>Works until the lead is lost.</summary>
    public async Task LeadAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_sealedSecrets.WaitForSyncAsync(cancellationToken), _live.Informers?.WaitForSyncAsync(cancellationToken) ?? Task.CompletedTask);
        _settled.Clear(); // another replica may have worked meanwhile
        _isLeading = true;
        try
        {
            var loop = new ReconcileLoop<NamespacedName>(_queue, _reconciler.ReconcileAsync, Workers, _time) { Finished = OnFinished };
            await Task.WhenAll(loop.RunAsync(cancellationToken), FeedAsync(cancellationToken), ReportKeysAsync(cancellationToken));
        }
        finally
        {
            _isLeading = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _queue.Dispose();

    private async Task FeedAsync(CancellationToken cancellationToken)
    {
        var feeder = new BacklogFeeder(_queue, Workers, _time);
        try
        {
            do
            {
                await feeder.FeedAsync(_sealedSecrets.Names(), cancellationToken);
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true); // what a long backlog took is given back to the machine
                await Task.Delay(_options.ResyncPeriod > TimeSpan.Zero ? _options.ResyncPeriod : Timeout.InfiniteTimeSpan, _time, cancellationToken);
            }
            while (!cancellationToken.IsCancellationRequested);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The lead is lost.
        }
    }

    private async Task ReportKeysAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5), _time);
        try
        {
            do
            {
                _metrics.SetKeyDependants(_settled.KeyDependants());
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The lead is lost.
        }
    }

    private void OnSealedSecret(ObjectChange change)
    {
        if (!_isLeading)
        {
            return;
        }

        var isSame = change.Type == ChangeType.Updated && SealedSecretDigest.Of(change.Before()!) == SealedSecretDigest.Of(change.After()!);
        if (isSame)
        {
            Log.Suppressed(_logger, change.Name);
        }
        else
        {
            _queue.Add(change.Name);
        }
    }

    // A Secret matters when it is gone and was ours, when it stood in the way, or, if drift is repaired, when somebody changed it.
    private void OnSecret(ObjectChange change)
    {
        if (!_isLeading || _sealedSecrets.TryGet(change.Name) is not { } sealedSecret)
        {
            return;
        }

        var secret = change.Newest();
        var isOurs = SecretOwner.Text(SecretOwner.ControllerOf(secret), "uid") == sealedSecret.Uid || SecretOwner.Says(secret, SealedSecretNames.Managed);
        var hasDrifted = _options.RepairDrift && change.Type != ChangeType.Deleted
            && _settled.SecretOf(change.Name) is { IsKnown: true } known && known != new SecretVersion(secret.Uid, secret.ResourceVersion);
        if ((change.Type == ChangeType.Deleted && isOurs) || hasDrifted || _settled.HasFailed(change.Name))
        {
            _queue.Add(change.Name);
        }
    }

    private void OnKeys()
    {
        if (_isLeading)
        {
            foreach (var name in _settled.FailedNames)
            {
                _queue.Add(name);
            }
        }
    }

    private void OnFinished(ReconcileOutcome<NamespacedName> outcome)
    {
        if (outcome.Error is { } error)
        {
            Log.WillRetry(_logger, outcome.Key, error.Message, outcome.RetryAfter);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(220, LogLevel.Debug, "update suppressed, no changes in spec")]
        public static partial void Suppressed(ILogger logger, NamespacedName sealedSecret);

        [LoggerMessage(221, LogLevel.Error, "Error updating, will retry")]
        public static partial void WillRetry(ILogger logger, NamespacedName key, string error, TimeSpan? after);
    }
}
