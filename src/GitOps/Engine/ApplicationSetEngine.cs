using Microsoft.Extensions.Logging;
using SecretsOps.GitOps.ApplicationSets;
using SecretsOps.GitOps.Telemetry;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Reconciling;
using SecretsOps.Kubernetes.Watching;

namespace SecretsOps.GitOps.Engine;

/// <summary>Watches ApplicationSets and decides when each is looked at: on its own changes, its Applications', clusters' and repositories'.</summary>
internal sealed partial class ApplicationSetEngine(Informer sets, Informer applications, ApplicationSetReconciler reconciler, Func<NamespacedName, bool> isOurs, TimeProvider clock, ILogger logger) : IDisposable
{
    private const int Workers = 2;

    // Applications tell their status often: a set of a thousand of them is not looked at a thousand times.
    private static readonly TimeSpan ApplicationDelay = TimeSpan.FromSeconds(1);

    private readonly WorkQueue<NamespacedName> _queue = new(clock);

    /// <summary>The identities of all repositories that generators read.</summary>
    public IEnumerable<string> UsedRepositories => reconciler.UsedRepositories;

    /// <summary>Works until cancelled; the sets wait until <paramref name="ready"/> is.</summary>
    public async Task RunAsync(Task ready, CancellationToken cancellationToken)
    {
        sets.Changed += change => Enqueue(change.Name);
        applications.Changed += TakeApplication;
        var following = Task.Run(() => sets.RunAsync(cancellationToken), CancellationToken.None);
        try
        {
            await ready.WaitAsync(cancellationToken);
            await applications.WaitForSyncAsync(cancellationToken);
            await sets.WaitForSyncAsync(cancellationToken);
            await new ReconcileLoop<NamespacedName>(_queue, ReconcileAsync, Workers, clock) { Finished = Report }.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping is how this ends.
        }

        await following;
    }

    /// <summary>Clusters changed: any set may yield other Applications.</summary>
    public void EnqueueAll()
    {
        foreach (var (name, _) in sets.Snapshot())
        {
            Enqueue(name);
        }
    }

    /// <summary>A repository has new commits: the sets that read it look again.</summary>
    public void EnqueueUsersOf(string identity)
    {
        foreach (var (name, _) in sets.Snapshot().Where(entry => reconciler.Uses(entry.Key, identity)))
        {
            Enqueue(name);
        }
    }

    public void Dispose() => _queue.Dispose();

    private async Task<ReconcileResult> ReconcileAsync(NamespacedName name, CancellationToken cancellationToken) =>
        isOurs(name) ? await reconciler.ReconcileAsync(name, cancellationToken) : ReconcileResult.Done;

    private void Enqueue(NamespacedName name)
    {
        if (isOurs(name))
        {
            _queue.Add(name);
        }
    }

    private void TakeApplication(ObjectChange change)
    {
        if (ApplicationOwner.SetOf(change.AfterUtf8.IsEmpty ? change.BeforeUtf8 : change.AfterUtf8) is not { } set || !isOurs(new NamespacedName(change.Name.Namespace, set)))
        {
            return;
        }

        _queue.AddAfter(new NamespacedName(change.Name.Namespace, set), change.Type == ChangeType.Deleted ? TimeSpan.Zero : ApplicationDelay);
    }

    private void Report(ReconcileOutcome<NamespacedName> outcome)
    {
        EngineTelemetry.CountSetReconcile(outcome.Key.Namespace, outcome.Key.Name, outcome.Duration);
        if (outcome.Error is { } error)
        {
            LogFailed(logger, outcome.Key, error.Message);
        }
    }

    [LoggerMessage(EventId = 61, Level = LogLevel.Warning, Message = "ApplicationSet {Set}: will be tried again: {Reason}")]
    private static partial void LogFailed(ILogger logger, NamespacedName set, string reason);
}
