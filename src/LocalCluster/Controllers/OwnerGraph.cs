using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Resources;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Controllers;

/// <summary>Which objects say that they belong to which other, by uid.</summary>
internal sealed class OwnerGraph
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<StorageKey>> _dependents = new(StringComparer.Ordinal);
    private readonly Dictionary<StorageKey, IReadOnlyList<string>> _owners = [];

    internal IReadOnlyList<StorageKey> DependentsOf(string uid)
    {
        lock (_gate)
        {
            return _dependents.TryGetValue(uid, out var keys) ? [.. keys] : [];
        }
    }

    internal void Set(StorageKey key, JsonArray ownerReferences)
    {
        lock (_gate)
        {
            Forget(key);
            if (ownerReferences.Count == 0)
            {
                return;
            }

            string[] owners = [.. ownerReferences.Select(owner => owner.Text("uid"))];
            _owners[key] = owners;
            foreach (var owner in owners)
            {
                if (!_dependents.TryGetValue(owner, out var keys))
                {
                    _dependents[owner] = keys = [];
                }

                keys.Add(key);
            }
        }
    }

    private void Forget(StorageKey key)
    {
        if (!_owners.Remove(key, out var owners))
        {
            return;
        }

        foreach (var owner in owners)
        {
            if (_dependents.TryGetValue(owner, out var keys) && keys.Remove(key) && keys.Count == 0)
            {
                _dependents.Remove(owner);
            }
        }
    }
}
