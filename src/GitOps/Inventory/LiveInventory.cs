using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Inventory;

/// <summary>What is in one cluster, by identity and by owning Application; fed by watches, read by everybody.</summary>
internal sealed class LiveInventory(KeyedDigest digest)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, LiveObject> _objects = [];
    private readonly Dictionary<string, HashSet<ObjectKey>> _byApplication = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectKey, HashSet<string>> _interested = [];

    /// <summary>Raised with the name of each Application that a change may concern.</summary>
    public event Action<string>? Changed;

    public LiveObject? TryGet(ObjectKey key)
    {
        lock (_lock)
        {
            return _objects.GetValueOrDefault(key);
        }
    }

    /// <summary>The objects that carry an Application's tracking id.</summary>
    public IReadOnlyList<LiveObject> OwnedBy(string application)
    {
        lock (_lock)
        {
            return _byApplication.TryGetValue(application, out var keys) ? [.. keys.Select(key => _objects[key])] : [];
        }
    }

    /// <summary>Objects that no Application tracks, in one namespace: candidates for the orphan report.</summary>
    public IReadOnlyList<LiveObject> UntrackedIn(string @namespace)
    {
        lock (_lock)
        {
            return [.. _objects.Values.Where(live => live.Key.Namespace == @namespace && live.Application.Length == 0 && !live.HasOwner)];
        }
    }

    /// <summary>Announces changes of an object to an Application that wants it but does not own it yet.</summary>
    public void Follow(IEnumerable<ObjectKey> keys, string application)
    {
        lock (_lock)
        {
            foreach (var key in keys)
            {
                if (!_interested.TryGetValue(key, out var applications))
                {
                    _interested[key] = applications = new HashSet<string>(StringComparer.Ordinal);
                }

                applications.Add(application);
            }
        }
    }

    /// <summary>Takes the answer of a write at once, ahead of its watch event.</summary>
    public LiveObject Put(KubernetesObject value, ApiResource resource)
    {
        // The watch repeats what the answer of our own write said already: most often there is nothing to work out.
        if (TryGet(resource.Key(value.Namespace, value.Name)) is { } known && known.Uid == value.Uid && known.ResourceVersion == value.ResourceVersion && known.Resource == resource)
        {
            return known;
        }

        var live = LiveObject.From(value, resource, digest);
        Announce(Store(live));
        return live;
    }

    /// <summary>Takes the news that an object is gone; news of one that has a successor of the same name by now is no news.</summary>
    public void Remove(ObjectKey key, KubernetesObject deleted)
    {
        if (TryGet(key) is { } known && known.Uid != deleted.Uid && !IsNewer(deleted.ResourceVersion, known.ResourceVersion))
        {
            return;
        }

        Remove(key);
    }

    public void Remove(ObjectKey key)
    {
        HashSet<string> applications;
        lock (_lock)
        {
            applications = Applications(key);
            Unlink(key);
            _objects.Remove(key);
        }

        Announce(applications);
    }

    /// <summary>Takes a whole list of one kind, of one namespace or (empty) of all; what it lacks is gone, unless it was written after the list was made.</summary>
    public void Replace(ApiResource resource, string @namespace, IReadOnlyList<byte[]> items, string version)
    {
        var present = new HashSet<ObjectKey>();
        foreach (var item in items)
        {
            var live = LiveObject.From(KubernetesObject.Parse(item), resource, digest);
            present.Add(live.Key);
            Announce(Store(live));
        }

        List<ObjectKey> gone;
        lock (_lock)
        {
            gone = [.. _objects.Where(entry => entry.Value.Resource == resource && (@namespace.Length == 0 || entry.Key.Namespace == @namespace) && !present.Contains(entry.Key)
                && !IsNewer(entry.Value.ResourceVersion, version)).Select(entry => entry.Key)];
        }

        gone.ForEach(Remove);
    }

    private HashSet<string> Store(LiveObject live)
    {
        lock (_lock)
        {
            if (_objects.TryGetValue(live.Key, out var before) && (before.ResourceVersion == live.ResourceVersion || IsOlder(live, before)))
            {
                return [];
            }

            var concerned = Applications(live.Key);
            Unlink(live.Key);
            _objects[live.Key] = live;
            Link(live);
            concerned.UnionWith(Applications(live.Key));
            return concerned;
        }
    }

    // Within one object's life versions only grow; the answer of a write may overtake older watch events.
    private static bool IsOlder(LiveObject live, LiveObject before) =>
        live.Uid == before.Uid && IsNewer(before.ResourceVersion, live.ResourceVersion);

    private static bool IsNewer(string version, string other) => ulong.TryParse(version, out var left) && ulong.TryParse(other, out var right) && left > right;

    private HashSet<string> Applications(ObjectKey key)
    {
        var applications = new HashSet<string>(StringComparer.Ordinal);
        if (_objects.TryGetValue(key, out var live) && live.Application.Length > 0)
        {
            applications.Add(live.Application);
        }

        if (_interested.TryGetValue(key, out var interested))
        {
            applications.UnionWith(interested);
        }

        return applications;
    }

    private void Link(LiveObject live)
    {
        if (live.Application.Length == 0)
        {
            return;
        }

        if (!_byApplication.TryGetValue(live.Application, out var keys))
        {
            _byApplication[live.Application] = keys = [];
        }

        keys.Add(live.Key);
    }

    private void Unlink(ObjectKey key)
    {
        if (_objects.TryGetValue(key, out var live) && _byApplication.TryGetValue(live.Application, out var keys))
        {
            keys.Remove(key);
        }
    }

    private void Announce(HashSet<string> applications)
    {
        foreach (var application in applications)
        {
            Changed?.Invoke(application);
        }
    }
}
