namespace SecretsOps.Kubernetes.Reconciling;

/// <summary>Keys with a due time each, earliest first. Entries that lost their meaning stay in the heap until they surface.</summary>
internal sealed class DelayedKeys<TKey>
    where TKey : notnull
{
    private readonly PriorityQueue<TKey, DateTimeOffset> _heap = new();
    private readonly Dictionary<TKey, DateTimeOffset> _due = [];

    internal DateTimeOffset? Earliest
    {
        get
        {
            while (_heap.TryPeek(out var key, out var due))
            {
                if (_due.TryGetValue(key, out var current) && current == due)
                {
                    return due;
                }

                _heap.Dequeue();
            }

            return null;
        }
    }

    /// <summary>True when the key is now due earlier than before.</summary>
    internal bool Add(TKey key, DateTimeOffset due)
    {
        if (_due.TryGetValue(key, out var current) && current <= due)
        {
            return false;
        }

        _due[key] = due;
        _heap.Enqueue(key, due);
        return true;
    }

    internal void Remove(TKey key) => _due.Remove(key);

    internal List<TKey> TakeDue(DateTimeOffset now)
    {
        var keys = new List<TKey>();
        while (Earliest is { } due && due <= now)
        {
            var key = _heap.Dequeue();
            _due.Remove(key);
            keys.Add(key);
        }

        return keys;
    }
}
