namespace SecretsOps.LocalCluster.Storage;

/// <summary>One committed change. <see cref="After"/> of a removal is the object's last state, stamped with the removal's revision.</summary>
internal sealed record StoreEvent(StoredObject? Before, StoredObject After, bool IsRemoval)
{
    internal long Revision => After.Revision;

    internal StorageKey Key => After.Key;
}
