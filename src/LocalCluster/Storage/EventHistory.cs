namespace SecretsOps.LocalCluster.Storage;

/// <summary>The latest changes, so that a watch can resume where it stopped; older ones are forgotten by number and by size.</summary>
internal sealed class EventHistory
{
    private const int MostEvents = 8192;
    private const long MostBytes = 64L << 20;

    private readonly Queue<StoreEvent> _events = new();
    private long _bytes;

    /// <summary>The revision after which every change is still here.</summary>
    internal long CompleteAfter { get; private set; }

    internal void Start(long completeAfter)
    {
        CompleteAfter = completeAfter;
    }

    internal void Add(StoreEvent change)
    {
        _events.Enqueue(change);
        _bytes += change.After.Json.Length;
        while (_events.Count > MostEvents || (_bytes > MostBytes && _events.Count > 1))
        {
            var oldest = _events.Dequeue();
            _bytes -= oldest.After.Json.Length;
            CompleteAfter = oldest.Revision;
        }
    }

    internal IEnumerable<StoreEvent> After(long revision) => _events.Where(change => change.Revision > revision);
}
