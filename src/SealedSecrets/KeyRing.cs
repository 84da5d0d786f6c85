namespace SecretsOps.SealedSecrets;

/// <summary>The keys that values are opened with, newest first; safe for concurrent readers and writers.</summary>
/// <remarks>Readers take a snapshot: a key removed meanwhile finishes what it began. A removed key is released by the collector, not under a reader.</remarks>
public sealed class KeyRing
{
    private readonly KeyOrder _order;
    private readonly Lock _writing = new();
    private volatile SealingKey[] _newestFirst = [];

    /// <summary>An empty ring.</summary>
    public KeyRing(KeyOrder order = KeyOrder.CertNotBefore) => _order = order;

    /// <summary>A ring of these keys.</summary>
    public KeyRing(IEnumerable<SealingKey> keys, KeyOrder order = KeyOrder.CertNotBefore)
        : this(order) => Replace(keys);

    /// <summary>A snapshot, newest first.</summary>
    public IReadOnlyList<SealingKey> NewestFirst => _newestFirst;

    /// <summary>The key that new values are sealed with, or null when the ring is empty.</summary>
    public SealingKey? Active => _newestFirst is [var newest, ..] ? newest : null;

    /// <summary>The time by which a key is ordered.</summary>
    public DateTimeOffset TimeOf(SealingKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _order == KeyOrder.SecretCreationTimestamp ? key.Created : key.NotBefore;
    }

    /// <summary>Puts a key in; one of the same fingerprint is replaced.</summary>
    public void Add(SealingKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        lock (_writing)
        {
            _newestFirst = Sort([.. _newestFirst.Where(other => other.Fingerprint != key.Fingerprint), key]);
        }
    }

    /// <summary>Takes out the keys that a Secret held; whether there were any.</summary>
    public bool Remove(Kubernetes.Objects.NamespacedName source)
    {
        lock (_writing)
        {
            var rest = _newestFirst.Where(key => key.Source != source).ToArray();
            var isChanged = rest.Length != _newestFirst.Length;
            _newestFirst = rest;
            return isChanged;
        }
    }

    /// <summary>Replaces all keys at once.</summary>
    public void Replace(IEnumerable<SealingKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        lock (_writing)
        {
            _newestFirst = Sort([.. keys.DistinctBy(key => key.Fingerprint)]);
        }
    }

    /// <summary>The key with this fingerprint, or null.</summary>
    public SealingKey? Find(string fingerprint) => Array.Find(_newestFirst, key => key.Fingerprint == fingerprint);

    /// <summary>The keys worth trying on a value whose RSA block is <paramref name="blockLength"/> bytes: hinted ones first, then newest first.</summary>
    internal IEnumerable<SealingKey> CandidatesFor(int blockLength, IReadOnlyList<string> hints)
    {
        var keys = _newestFirst;
        foreach (var hint in hints)
        {
            if (Array.Find(keys, key => key.Fingerprint == hint) is { } hinted && hinted.PrivateKey.PublicKey.BlockLength == blockLength)
            {
                yield return hinted;
            }
        }

        foreach (var key in keys)
        {
            if (key.PrivateKey.PublicKey.BlockLength == blockLength && !hints.Contains(key.Fingerprint))
            {
                yield return key;
            }
        }
    }

    // Stable, so that the key loaded first wins a tie, as upstream.
    private SealingKey[] Sort(SealingKey[] keys) => [.. keys.OrderByDescending(TimeOf)];
}
