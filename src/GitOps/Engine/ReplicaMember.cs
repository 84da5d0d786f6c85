using System.Globalization;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Engine;

/// <summary>One replica as its Lease describes it.</summary>
internal sealed record ReplicaMember(string Identity, DateTimeOffset JoinedAt, DateTimeOffset RenewedAt, TimeSpan Duration)
{
    private const ulong OffsetBasis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ReplicaMember? TryRead(KubernetesObject lease)
    {
        var spec = lease.Json["spec"] as JsonObject ?? [];
        return spec.TextAt("holderIdentity") is { Length: > 0 } identity && Time(spec, "acquireTime") is { } joined && Time(spec, "renewTime") is { } renewed
            ? new ReplicaMember(identity, joined, renewed, TimeSpan.FromSeconds(spec.NumberAt("leaseDurationSeconds") ?? 15))
            : null;
    }

    public bool IsAlive(DateTimeOffset now) => RenewedAt + Duration > now;

    /// <summary>Whether every replica has had the time to learn of this one; only then it gets a share.</summary>
    public bool IsSettled(DateTimeOffset now) => JoinedAt + Duration <= now;

    /// <summary>How much a replica wants a name: the highest bid has it, so that one more or one less moves only its own share (rendezvous hashing).</summary>
    public static ulong Bid(string identity, NamespacedName name)
    {
        unchecked
        {
            // FNV-1a over the UTF-16 text, then MurmurHash3's finalizer: names that differ in their last letter must not follow each other.
            var hash = OffsetBasis;
            foreach (var character in $"{identity}\n{name.Namespace}\n{name.Name}")
            {
                hash = (hash ^ character) * Prime;
            }

            hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
            hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
            return hash ^ (hash >> 33);
        }
    }

    private static DateTimeOffset? Time(JsonObject spec, string name) =>
        DateTimeOffset.TryParse(spec.TextAt(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
