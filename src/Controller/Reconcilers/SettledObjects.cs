using System.Collections.Concurrent;
using System.Text.Json.Nodes;

using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>Remembers of each SealedSecret what was last done, in memory and, through its status, across restarts: unchanged ones cost no RSA operation.</summary>
internal sealed class SettledObjects
{
    private readonly ConcurrentDictionary<NamespacedName, Settled> _settled = new();
    private readonly ConcurrentDictionary<NamespacedName, Failed> _failed = new();

    /// <summary>What is remembered of a success: in memory, else in the status an earlier process wrote.</summary>
    public Settled? Success(KubernetesObject sealedSecret)
    {
        if (_settled.TryGetValue(sealedSecret.NamespacedName, out var settled))
        {
            return settled;
        }

        return _failed.ContainsKey(sealedSecret.NamespacedName) ? null : FromStatus(sealedSecret.Json["status"] as JsonObject);
    }

    /// <summary>The lasting failure that the same object met with the same keys, or null.</summary>
    public UnsealOutcome? Failure(NamespacedName name, string digest, int ringVersion) =>
        _failed.TryGetValue(name, out var failed) && failed.Digest == digest && failed.RingVersion == ringVersion ? failed.Outcome : null;

    /// <summary>Whether the last that this process knows of the object is a success.</summary>
    public bool WasSettled(NamespacedName name) => _settled.ContainsKey(name);

    /// <summary>The Secret that this process last saw right for an object.</summary>
    public SecretVersion SecretOf(NamespacedName name) => _settled.TryGetValue(name, out var settled) ? settled.Secret : default;

    /// <summary>Whether the object failed last, for whatever reason.</summary>
    public bool HasFailed(NamespacedName name) => _failed.ContainsKey(name);

    /// <summary>Objects that failed last.</summary>
    public IEnumerable<NamespacedName> FailedNames => _failed.Keys;

    /// <summary>Fingerprint of every key with the number of objects it last opened.</summary>
    public Dictionary<string, int> KeyDependants() =>
        _settled.Values.SelectMany(settled => settled.SealedWith).GroupBy(key => key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);

    /// <summary>Remembers a success.</summary>
    public void Settle(NamespacedName name, Settled settled)
    {
        _settled[name] = settled;
        _failed.TryRemove(name, out _);
    }

    /// <summary>Remembers a failure.</summary>
    public void Fail(NamespacedName name, Failed failed)
    {
        _failed[name] = failed;
        _settled.TryRemove(name, out _);
    }

    /// <summary>Forgets an object that is gone.</summary>
    public void Forget(NamespacedName name)
    {
        _settled.TryRemove(name, out _);
        _failed.TryRemove(name, out _);
    }

    /// <summary>Forgets everything: another replica may have worked meanwhile.</summary>
    public void Clear()
    {
        _settled.Clear();
        _failed.Clear();
    }

    private static Settled? FromStatus(JsonObject? status)
    {
        if (!ConditionList.Says(status, "Synced", "True", "", "") || SecretOwner.Text(status, "observedDigest") is not { Length: > 0 } digest)
        {
            return null;
        }

        var secret = status?["secret"] as JsonObject;
        var keys = (status?["sealedWith"] as JsonArray)?.Select(key => key?.ToString() ?? "").ToArray() ?? [];
        return new Settled(digest, new SecretVersion(SecretOwner.Text(secret, "uid"), SecretOwner.Text(secret, "resourceVersion")), keys);
    }
}

/// <summary>A success: the digest of the SealedSecret, the Secret's version, the keys.</summary>
internal sealed record Settled(string Digest, SecretVersion Secret, IReadOnlyList<string> SealedWith);

/// <summary>A failure, and with which keys it happened.</summary>
internal sealed record Failed(string Digest, int RingVersion, UnsealOutcome Outcome);
