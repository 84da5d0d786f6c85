using System.Collections.Concurrent;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Kubernetes.Watching;

/// <summary>The objects of an informer as UTF-8 JSON; one writer, many readers.</summary>
internal sealed class ObjectCache(Action<ObjectChange> changed)
{
    private readonly ConcurrentDictionary<NamespacedName, byte[]> _objects = new(concurrencyLevel: 1, capacity: 31);
    private readonly Dictionary<string, string> _namespaces = []; // ten thousand objects share a handful of names

    internal int Count => _objects.Count;

    internal IEnumerable<KeyValuePair<NamespacedName, byte[]>> All => _objects;

    internal bool TryGet(NamespacedName name, out byte[] utf8) => _objects.TryGetValue(name, out utf8!);

    /// <summary>Makes the cache equal a fresh list; what the list lacks is reported as deleted.</summary>
    internal void Replace(IReadOnlyList<byte[]> items)
    {
        var present = new HashSet<NamespacedName>(items.Count);
        foreach (var item in items)
        {
            present.Add(Put(item));
        }

        foreach (var (name, _) in _objects)
        {
            if (!present.Contains(name))
            {
                Remove(name, ReadOnlyMemory<byte>.Empty);
            }
        }
    }

    internal NamespacedName Put(byte[] utf8)
    {
        var identity = ObjectIdentity.Read(utf8);
        var name = new NamespacedName(Shared(identity.Namespace), identity.Name);
        if (!_objects.TryGetValue(name, out var before))
        {
            _objects[name] = utf8;
            changed(new ObjectChange(ChangeType.Added, name, default, utf8));
            return name;
        }

        var known = ObjectIdentity.Read(before);
        if (known.Uid != identity.Uid)
        {
            Remove(name, before); // deleted and made anew while nobody looked
            return Put(utf8);
        }

        if (known.ResourceVersion != identity.ResourceVersion || identity.ResourceVersion.Length == 0)
        {
            _objects[name] = utf8;
            changed(new ObjectChange(ChangeType.Updated, name, before, utf8));
        }

        return name;
    }

    /// <summary>Removes an object; <paramref name="last"/> is its last state when the server told it.</summary>
    internal void Remove(NamespacedName name, ReadOnlyMemory<byte> last)
    {
        if (_objects.TryRemove(name, out var before))
        {
            changed(new ObjectChange(ChangeType.Deleted, name, last.IsEmpty ? before : last, default));
        }
    }

    private string Shared(string @namespace)
    {
        if (!_namespaces.TryGetValue(@namespace, out var shared))
        {
            _namespaces[@namespace] = shared = @namespace;
        }

        return shared;
    }
}
