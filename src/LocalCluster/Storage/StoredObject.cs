namespace SecretsOps.LocalCluster.Storage;

/// <summary>One version of one object as UTF-8 JSON, its resourceVersion written into it. May hold a Secret: never printed.</summary>
internal sealed class StoredObject(StorageKey key, long revision, byte[] json)
{
    internal StorageKey Key { get; } = key;

    internal long Revision { get; } = revision;

    internal ReadOnlyMemory<byte> Json { get; } = json;

    public override string ToString() => $"{Key.Resource} {Key.Path} at {Revision}";
}
