using System.Collections.Concurrent;

using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Controller.Keys;

/// <summary>The ring with a version that moves whenever it changes, so that failed objects know when trying again makes sense.</summary>
internal sealed class KeyRingState(KeyRing ring)
{
    private readonly ConcurrentDictionary<NamespacedName, UnusableKey> _unusable = new();
    private int _version;

    /// <summary>Told after every change, on the thread that made it.</summary>
    public event Action? Changed;

    /// <summary>The keys.</summary>
    public KeyRing Ring => ring;

    /// <summary>Moves with every change.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Whether the keys of the cluster were read once.</summary>
    public bool IsLoaded { get; set; }

    /// <summary>Secrets labelled as keys from which none could be read.</summary>
    public int UnusableCount => _unusable.Count;

    /// <summary>Whether there is a key that only its KMS or Vault keeps from us: no reason to make a first one.</summary>
    public bool HasLockedKeys => _unusable.Values.Contains(UnusableKey.Locked);

    /// <summary>Puts a key in.</summary>
    public void Add(SealingKey key)
    {
        ring.Add(key);
        _unusable.TryRemove(key.Source, out _);
        Tell();
    }

    /// <summary>Takes out what a Secret held.</summary>
    public bool Remove(NamespacedName source)
    {
        _unusable.TryRemove(source, out _);
        var hadKey = ring.Remove(source);
        if (hadKey)
        {
            Tell();
        }

        return hadKey;
    }

    /// <summary>Notes a Secret that holds no usable key; a key it held before is no longer used.</summary>
    public void SetUnusable(NamespacedName source, UnusableKey why)
    {
        Remove(source);
        _unusable[source] = why;
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

/// <summary>Why no key could be read from a Secret that should hold one.</summary>
internal enum UnusableKey
{
    /// <summary>It holds no RSA key with a certificate.</summary>
    Malformed,

    /// <summary>Its KMS or Vault did not open it.</summary>
    Locked,
}
