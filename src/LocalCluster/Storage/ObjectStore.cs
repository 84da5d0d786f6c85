using System.Threading.Channels;

namespace SecretsOps.LocalCluster.Storage;

/// <summary>Every object of the cluster: read from memory at once, written only through the log, changed only from the revision its author saw.</summary>
/// <remarks>
/// One committer takes the writes that have queued up, checks each against the state with the earlier ones applied,
/// writes what holds as one frame, waits for the disk, and only then shows it to readers and watchers and acknowledges it.
/// </remarks>
internal sealed class ObjectStore : IAsyncDisposable
{
    private const int LargestBatch = 512;
    private const long SmallestCompaction = 8L << 20;

    private readonly Channel<Pending> _queue = Channel.CreateUnbounded<Pending>(new() { SingleReader = true });
    private readonly EventHub _hub;
    private readonly ObjectLog _log;
    private readonly FileStream _directoryLock;
    private readonly Task _committer;
    private StoreState _state;
    private long _compactAt;

    private ObjectStore(ObjectLog log, EventHub hub, StoreState state, FileStream directoryLock)
    {
        (_log, _hub, _state, _directoryLock) = (log, hub, state, directoryLock);
        _compactAt = NextCompaction();
        _committer = Task.Run(CommitLoopAsync);
    }

    /// <summary>The durable state as of now.</summary>
    internal StoreState State => Volatile.Read(ref _state);

    /// <summary>The changes as they are committed.</summary>
    internal EventHub Hub => _hub;

    /// <summary>Opens the store in a directory, which no other process may use meanwhile.</summary>
    /// <exception cref="StorageException">The directory is in use, or its content cannot be read.</exception>
    internal static ObjectStore Open(string directory)
    {
        Directory.CreateDirectory(directory);
        var directoryLock = TakeLock(directory);
        try
        {
            var hub = new EventHub();
            var (log, state) = ObjectLog.Open(directory, LogKey.Open(Path.Combine(directory, "encryption.key")));
            hub.Start(state.Revision);
            return new ObjectStore(log, hub, state, directoryLock);
        }
        catch
        {
            directoryLock.Dispose();
            throw;
        }
    }

    /// <summary>Commits a write; null when the object is no longer at the revision its author saw, and nothing was written.</summary>
    internal Task<StoreEvent?> TryCommitAsync(StoreWrite write)
    {
        var pending = new Pending(write);
        return _queue.Writer.TryWrite(pending) ? pending.Done.Task : throw new ObjectDisposedException(nameof(ObjectStore));
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _committer;
        _log.Dispose();
        await _directoryLock.DisposeAsync();
    }

    private static FileStream TakeLock(string directory)
    {
        var path = Path.Combine(directory, "lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new StorageException($"'{directory}' is in use by another process: stop that one, or choose another data directory.", exception);
        }
    }

    private async Task CommitLoopAsync()
    {
        var batch = new List<Pending>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < LargestBatch && _queue.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
            }

            try
            {
                Commit(batch);
            }
            catch (Exception exception)
            {
                // Whatever it was, those who wait must not wait for ever; what the disk holds is what counts at the next start.
                batch.ForEach(pending => pending.Done.TrySetException(new StorageException("The object log could not be written; the write was not made.", exception)));
            }
        }
    }

    private void Commit(List<Pending> batch)
    {
        var state = _state;
        var changes = new List<StoreEvent>(batch.Count);
        foreach (var pending in batch)
        {
            var current = state.Find(pending.Write.Key);
            if ((current?.Revision ?? 0) != pending.Write.SeenRevision)
            {
                continue;
            }

            var revision = state.Revision + 1;
            var after = new StoredObject(pending.Write.Key, revision, pending.Write.Json.Stamp(revision));
            pending.Change = new StoreEvent(current, after, pending.Write.IsRemoval);
            state = state.With(pending.Change);
            changes.Add(pending.Change);
        }

        if (changes.Count > 0)
        {
            _log.Append(changes);
            Volatile.Write(ref _state, state);
            _hub.Publish(changes);
        }

        batch.ForEach(pending => pending.Done.TrySetResult(pending.Change));
        CompactWhenStale();
    }

    private void CompactWhenStale()
    {
        if (_log.Length >= _compactAt)
        {
            _log.Compact(_state);
            _compactAt = NextCompaction();
        }
    }

    private long NextCompaction() => Math.Max(SmallestCompaction, 3 * _state.Everything.Sum(stored => (long)stored.Json.Length));

    private sealed class Pending(StoreWrite write)
    {
        internal StoreWrite Write { get; } = write;

        internal StoreEvent? Change { get; set; }

        internal TaskCompletionSource<StoreEvent?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
