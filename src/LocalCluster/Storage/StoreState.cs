using System.Collections.Immutable;

namespace SecretsOps.LocalCluster.Storage;

/// <summary>Everything stored, at one revision. Immutable: a reader keeps a consistent view for as long as it holds one.</summary>
internal sealed record StoreState(long Revision, ImmutableDictionary<string, ImmutableSortedDictionary<string, StoredObject>> Resources)
{
    internal static readonly ImmutableSortedDictionary<string, StoredObject> NoObjects =
        ImmutableSortedDictionary.Create<string, StoredObject>(StringComparer.Ordinal);

    internal static StoreState Empty { get; } =
        new(0, ImmutableDictionary.Create<string, ImmutableSortedDictionary<string, StoredObject>>(StringComparer.Ordinal));

    internal IEnumerable<StoredObject> Everything => Resources.Values.SelectMany(objects => objects.Values);

    internal ImmutableSortedDictionary<string, StoredObject> Of(string resource) => Resources.GetValueOrDefault(resource, NoObjects);

    internal StoredObject? Find(StorageKey key) => Of(key.Resource).GetValueOrDefault(key.Path);

    internal StoreState With(StoreEvent change)
    {
        var objects = Of(change.Key.Resource);
        var changed = change.IsRemoval ? objects.Remove(change.Key.Path) : objects.SetItem(change.Key.Path, change.After);
        return new(change.Revision, Resources.SetItem(change.Key.Resource, changed));
    }
}
