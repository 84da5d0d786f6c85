namespace SecretsOps.LocalCluster.Storage;

/// <summary>A change that holds only if the object is still at the revision its author saw.</summary>
/// <param name="Key">The object.</param>
/// <param name="SeenRevision">The revision the author saw; 0 when there was no object.</param>
/// <param name="Json">The new state: with <paramref name="IsRemoval"/> the last one, as watchers will see it.</param>
/// <param name="IsRemoval">Whether the object goes away.</param>
internal sealed record StoreWrite(StorageKey Key, long SeenRevision, UnstampedJson Json, bool IsRemoval)
{
    internal static StoreWrite Put(StorageKey key, long seenRevision, UnstampedJson json) => new(key, seenRevision, json, IsRemoval: false);

    internal static StoreWrite Remove(StoredObject last, UnstampedJson json) => new(last.Key, last.Revision, json, IsRemoval: true);
}
