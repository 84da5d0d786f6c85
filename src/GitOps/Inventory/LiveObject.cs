using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Health;
using SecretsOps.GitOps.Tracking;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Inventory;

/// <summary>What the engine remembers of an object in the cluster: identity, digest, health and the annotations it acts on; never its content.</summary>
internal sealed record LiveObject
{
    public required ObjectKey Key { get; init; }

    public required ApiResource Resource { get; init; }

    public required string Uid { get; init; }

    public required string ResourceVersion { get; init; }

    /// <summary>Digest of what a manifest can say: without status and without what the server keeps for itself.</summary>
    public required string ContentDigest { get; init; }

    /// <summary>The Application whose tracking id the object carries and is named by, or empty.</summary>
    public string Application { get; init; } = "";

    /// <summary>The Application that an id on the object names, even where it was copied from another object.</summary>
    public string ClaimedBy { get; init; } = "";

    public bool HasOwner { get; init; }

    public bool IsBeingDeleted { get; init; }

    public bool WasAppliedByClient { get; init; }

    public HealthStatus? Health { get; init; }

    public string SyncOptions { get; init; } = "";

    public int Wave { get; init; }

    public bool IsHook { get; init; }

    public bool IgnoresHealth { get; init; }

    public bool IsExtraneous { get; init; }

    public bool IsKept { get; init; }

    /// <summary>The run of a sync that created this hook, or empty.</summary>
    public string SyncId { get; init; } = "";

    /// <summary>Whether our finalizer keeps this hook until its result was read.</summary>
    public bool HasHookFinalizer { get; init; }

    public IReadOnlyList<string> Images { get; init; } = [];

    public static LiveObject From(KubernetesObject value, ApiResource resource, KeyedDigest digest)
    {
        var tracking = TrackingId.Of(value);
        return new LiveObject
        {
            Key = resource.Key(value.Namespace, value.Name),
            Resource = resource,
            Uid = value.Uid,
            ResourceVersion = value.ResourceVersion,
            Application = tracking?.Names(value) == true ? tracking.Application : "",
            ClaimedBy = tracking?.Application ?? "",
            HasOwner = value.Metadata["ownerReferences"] is JsonArray { Count: > 0 },
            IsBeingDeleted = value.IsBeingDeleted,
            WasAppliedByClient = value.Annotation(Annotations.LastApplied) is not null,
            Health = HealthChecks.Check(value),
            SyncOptions = value.Annotation(Annotations.SyncOptions) ?? "",
            Wave = Applying.ApplyOrder.WaveOf(value),
            IsHook = value.Annotation(Annotations.Hook) is not null || value.Annotation(Annotations.HelmHook) is not null,
            IgnoresHealth = value.Annotation(Annotations.IgnoreHealthCheck) == "true",
            IsExtraneous = value.Annotation(Annotations.CompareOptions)?.Contains("IgnoreExtraneous", StringComparison.Ordinal) == true,
            IsKept = value.Annotation(Annotations.HelmResourcePolicy) == "keep",
            SyncId = value.Annotation(Annotations.SyncId) ?? "",
            HasHookFinalizer = value.Metadata.TextsAt("finalizers").Contains(Annotations.HookFinalizer),
            Images = ContainerImages.Of(value),
            ContentDigest = digest.Of(ComparableContent.Of(value).Json), // last: it strips the object
        };
    }

    public bool HasOption(string option) => SyncOptions.Split(',', StringSplitOptions.TrimEntries).Contains(option);
}
