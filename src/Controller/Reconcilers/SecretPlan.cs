using System.Text.Json.Nodes;

using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>Compares the Secret a SealedSecret asks for with the live one (reference 2.5, steps 3 to 7). Pure.</summary>
internal static class SecretPlan
{
    /// <summary>Upstream's own words, which monitoring and tests look for.</summary>
    public const string ImmutableText = "the target Secret is immutable";

    /// <summary>Decides what to do.</summary>
    /// <param name="desired">The Secret that the SealedSecret asks for.</param>
    /// <param name="live">The Secret that is there, or null.</param>
    /// <param name="owner">The SealedSecret.</param>
    /// <param name="knownUid">The uid of the Secret that an earlier reconcile wrote, or empty.</param>
    public static SecretChange For(KubernetesObject desired, KubernetesObject? live, KubernetesObject owner, string knownUid)
    {
        if (live is null)
        {
            return new SecretChange.Create(desired);
        }

        if (!IsOurs(live, desired, owner, knownUid))
        {
            return new SecretChange.NotOurs();
        }

        var target = SecretOwner.Says(live, SealedSecretNames.Patch) ? Merged(live, desired) : Replaced(live, desired);
        return Refusal(live, target, desired) is { } refusal ? new SecretChange.Impossible(refusal, live, desired)
            : IsSame(live, target) ? new SecretChange.None(live)
            : new SecretChange.Update(target);
    }

    private static bool IsOurs(KubernetesObject live, KubernetesObject desired, KubernetesObject owner, string knownUid)
    {
        if (SecretOwner.Says(live, SealedSecretNames.Managed) || SecretOwner.Says(live, SealedSecretNames.Patch))
        {
            return true;
        }

        if (SecretOwner.ControllerOf(live) is { } controller)
        {
            // A SealedSecret deleted and made anew in one breath (#1599): its predecessor of the same name is gone for certain,
            // so the Secret is taken over before the garbage collector sees it as an orphan.
            return SecretOwner.Text(controller, "uid") == owner.Uid
                || (SecretOwner.IsSealedSecret(controller) && SecretOwner.Text(controller, "name") == owner.Name);
        }

        // Defect D9 is not copied: without an owner reference we recognise what we made by its uid, or by the annotation alone.
        return (knownUid.Length > 0 && knownUid == live.Uid)
            || (SecretOwner.Says(desired, SealedSecretNames.SkipSetOwnerReferences) && SecretOwner.Says(live, SealedSecretNames.SkipSetOwnerReferences));
    }

    private static KubernetesObject Replaced(KubernetesObject live, KubernetesObject desired)
    {
        var target = live.DeepClone();
        Copy(desired.Json, target.Json, "data");
        foreach (var field in (ReadOnlySpan<string>)["annotations", "labels", "ownerReferences"])
        {
            Copy(desired.Metadata, target.Metadata, field);
        }

        CopyTypeAndImmutable(desired, target);
        return target;
    }

    private static KubernetesObject Merged(KubernetesObject live, KubernetesObject desired)
    {
        var target = live.DeepClone();
        Overlay(desired.Json, target.Json, "data");
        Overlay(desired.Metadata, target.Metadata, "annotations");
        Overlay(desired.Metadata, target.Metadata, "labels");
        if (SecretOwner.Says(target, SealedSecretNames.Managed))
        {
            Copy(desired.Metadata, target.Metadata, "ownerReferences");
        }

        CopyTypeAndImmutable(desired, target);
        return target;
    }

    // Defects D10 and D11 are not copied: an empty type leaves the live one, and immutable is honoured on update too.
    private static void CopyTypeAndImmutable(KubernetesObject desired, KubernetesObject target)
    {
        if (SecretOwner.Text(desired.Json, "type").Length > 0)
        {
            Copy(desired.Json, target.Json, "type");
        }

        if (desired.Json["immutable"] is not null)
        {
            Copy(desired.Json, target.Json, "immutable");
        }
    }

    private static string? Refusal(KubernetesObject live, KubernetesObject target, KubernetesObject desired)
    {
        if (SecretOwner.Text(live.Json, "type") is { Length: > 0 } type && SecretOwner.Text(target.Json, "type") != type)
        {
            return $"its type is '{type}' and cannot become '{SecretOwner.Text(desired.Json, "type")}'";
        }

        var isFrozen = IsTrue(live.Json["immutable"]);
        return isFrozen && !(IsTrue(target.Json["immutable"]) && Equal(live.Json["data"], target.Json["data"])) ? ImmutableText : null;
    }

    private static bool IsTrue(JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool flag) && flag;

    private static bool IsSame(KubernetesObject live, KubernetesObject target) =>
        Equal(live.Json["data"], target.Json["data"])
        && Equal(live.Json["type"], target.Json["type"])
        && IsTrue(live.Json["immutable"]) == IsTrue(target.Json["immutable"])
        && Equal(live.Metadata["labels"], target.Metadata["labels"])
        && Equal(live.Metadata["annotations"], target.Metadata["annotations"])
        && Equal(live.Metadata["ownerReferences"], target.Metadata["ownerReferences"]);

    // The API server drops empty maps: absent and empty are the same.
    private static bool Equal(JsonNode? left, JsonNode? right) => JsonNode.DeepEquals(NullIfEmpty(left), NullIfEmpty(right));

    private static JsonNode? NullIfEmpty(JsonNode? node) => node is JsonObject { Count: 0 } or JsonArray { Count: 0 } ? null : node;

    private static void Copy(JsonObject from, JsonObject to, string field)
    {
        if (from[field] is { } value)
        {
            to[field] = value.DeepClone();
        }
        else
        {
            to.Remove(field);
        }
    }

    private static void Overlay(JsonObject from, JsonObject to, string field)
    {
        if (from[field] is not JsonObject additions)
        {
            return;
        }

        var merged = to[field] as JsonObject ?? [];
        foreach (var (key, value) in additions)
        {
            merged[key] = value?.DeepClone();
        }

        to[field] = merged;
    }
}
