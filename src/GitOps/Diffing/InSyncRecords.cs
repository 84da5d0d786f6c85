using System.Collections.Concurrent;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Inventory;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Diffing;

/// <summary>Remembers, by digests, which live state was found to be what a target asks for, so that nobody asks the server twice.</summary>
internal sealed class InSyncRecords
{
    private readonly ConcurrentDictionary<ObjectKey, Record> _records = new();

    public bool Holds(ObjectKey key, string targetDigest, LiveObject live) =>
        _records.TryGetValue(key, out var record) && record == new Record(targetDigest, live.Uid, live.ContentDigest);

    public void Set(Target target, LiveObject live) => _records[target.Key] = new Record(target.Digest, live.Uid, live.ContentDigest);

    public void Clear() => _records.Clear();

    private sealed record Record(string TargetDigest, string Uid, string LiveDigest);
}
