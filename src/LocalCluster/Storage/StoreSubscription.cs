using System.Threading.Channels;

namespace SecretsOps.LocalCluster.Storage;

/// <summary>One watcher's queue of changes to one resource; it is cut off rather than let to grow when it does not read.</summary>
internal sealed class StoreSubscription(string? resource, Action<StoreSubscription> unsubscribe) : IDisposable
{
    private const int LongestQueue = 16384;

    private readonly Channel<StoreEvent> _queue = Channel.CreateUnbounded<StoreEvent>();

    internal ChannelReader<StoreEvent> Events => _queue.Reader;

    internal bool Wants(StoreEvent change) => resource is null || resource == change.Key.Resource;

    public void Dispose()
    {
        unsubscribe(this);
        _queue.Writer.TryComplete();
    }

    internal void Publish(StoreEvent change)
    {
        if (_queue.Reader.Count >= LongestQueue)
        {
            _queue.Writer.TryComplete();
            return;
        }

        _queue.Writer.TryWrite(change);
    }
}
