using System.Collections.Immutable;

namespace SecretsOps.LocalCluster.Storage;

/// <summary>Hands committed changes to watchers, in order, each at most once.</summary>
internal sealed class EventHub
{
    private readonly Lock _gate = new();
    private readonly EventHistory _history = new();
    private ImmutableList<StoreSubscription> _subscriptions = [];
    private long _revision;

    /// <summary>Every change up to here is in the queues of those who watch it: what a bookmark may promise.</summary>
    internal long Revision => Interlocked.Read(ref _revision);

    /// <summary>Begins at a revision: nothing before it can be replayed to a watcher.</summary>
    internal void Start(long revision)
    {
        _history.Start(revision);
        Interlocked.Exchange(ref _revision, revision);
    }

    internal void Publish(List<StoreEvent> changes)
    {
        lock (_gate)
        {
            foreach (var change in changes)
            {
                _history.Add(change);
                foreach (var subscription in _subscriptions)
                {
                    if (subscription.Wants(change))
                    {
                        subscription.Publish(change);
                    }
                }
            }

            Interlocked.Exchange(ref _revision, changes[^1].Revision);
        }
    }

    /// <summary>Starts a watch after a revision; null when changes since then were forgotten. Without a resource it sees everything.</summary>
    internal StoreSubscription? TrySubscribe(string? resource, long afterRevision)
    {
        lock (_gate)
        {
            if (afterRevision < _history.CompleteAfter)
            {
                return null;
            }

            var subscription = new StoreSubscription(resource, Unsubscribe);
            foreach (var change in _history.After(afterRevision))
            {
                if (subscription.Wants(change))
                {
                    subscription.Publish(change);
                }
            }

            _subscriptions = _subscriptions.Add(subscription);
            return subscription;
        }
    }

    private void Unsubscribe(StoreSubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = _subscriptions.Remove(subscription);
        }
    }
}
