using SecretsOps.SealedSecrets;

namespace SecretsOps.Controller.Keys;

/// <summary>The ring with a version that moves whenever it changes, so that failed objects know when trying again makes sense.</summary>
internal sealed class KeyRingState(KeyRing ring)
{
    private int _version;

    /// <summary>Told after every change, on the thread that made it.</summary>
    public event Action? Changed;

    /// <summary>The keys.</summary>
    public KeyRing Ring => ring;

    /// <summary>Moves with every change.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Whether the keys of the cluster were read once.</summary>
    public bool IsLoaded { get; set; }

    /// <summary>Secrets labelled as keys that hold none, with the reason.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<Kubernetes.Objects.NamespacedName, string> Malformed { get; } = new();

    /// <summary>Puts a key in.</summary>
    public void Add(SealingKey key)
    {
        ring.Add(key);
        Malformed.TryRemove(key.Source, out _);
        Tell();
    }

    /// <summary>Takes out what a Secret held.</summary>
    public bool Remove(Kubernetes.Objects.NamespacedName source)
    {
        Malformed.TryRemove(source, out _);
        var hadKey = ring.Remove(source);
        if (hadKey)
        {
            Tell();
        }

        return hadKey;
    }

    /// <summary>Notes a Secret that holds no usable key; a key it held before is no longer used.</summary>
    public void SetMalformed(Kubernetes.Objects.NamespacedName source, string reason)
    {
        Remove(source);
        Malformed[source] = reason;
    }

    /// <summary>What renewal looks at, or null when there is no key.</summary>
    public NewestKey? Newest() =>
        ring.Active is { } active ? new NewestKey(active.Fingerprint, ring.TimeOf(active), active.Certificate.NotAfter) : null;

    private void Tell()
    {
        Interlocked.Increment(ref _version);
        Changed?.Invoke();
    }
}
