using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>What an update of a built-in kind may not change.</summary>
internal static class BuiltInImmutability
{
    private const string Immutable = "field is immutable";
    private const string WhenImmutable = "field is immutable when `immutable` is set";

    /// <summary>Compares the fields that stay as they were made.</summary>
    public static IEnumerable<FieldError> Check(GroupVersionKind kind, JsonObject updated, JsonObject live) => kind.Kind switch
    {
        "Secret" => Same(updated, live, "type", Immutable).Concat(Frozen(updated, live, ["data"])),
        "ConfigMap" => Frozen(updated, live, ["data", "binaryData"]),
        "Deployment" or "ReplicaSet" or "DaemonSet" => Same(updated, live, "spec.selector", Immutable),
        "StatefulSet" => StatefulSet(updated, live),
        "Job" => Same(updated, live, "spec.selector", Immutable).Concat(JobTemplate(updated, live))
            .Concat(Same(updated, live, "spec.completionMode", Immutable)),
        "RoleBinding" or "ClusterRoleBinding" => RoleReference(updated, live),
        "StorageClass" => Forbid(updated, live, "parameters", "updates to parameters are forbidden.")
            .Concat(Forbid(updated, live, "provisioner", "updates to provisioner are forbidden."))
            .Concat(Forbid(updated, live, "reclaimPolicy", "updates to reclaimPolicy are forbidden."))
            .Concat(Same(updated, live, "volumeBindingMode", Immutable)),
        "PriorityClass" => Forbid(updated, live, "value", "may not be changed in an update."),
        "PersistentVolumeClaim" => Claim(updated, live),
        "Service" => ClusterAddress(updated, live),
        "CustomResourceDefinition" => Same(updated, live, "spec.scope", Immutable).Concat(Same(updated, live, "spec.names.kind", Immutable))
            .Concat(Same(updated, live, "spec.group", Immutable)).Concat(Same(updated, live, "spec.names.plural", Immutable)),
        _ => [],
    };

    private static JsonNode? At(JsonObject body, string path) =>
        path.Split('.').Aggregate((JsonNode?)body, (node, name) => (node as JsonObject)?[name]);

    private static IEnumerable<FieldError> Same(JsonObject updated, JsonObject live, string path, string why) =>
        JsonNode.DeepEquals(At(updated, path), At(live, path)) ? [] : [FieldError.Invalid(path, At(updated, path), why)];

    /// <summary>Compatibility: the API server shows its internal structure here, with Go's field names.</summary>
    private static IEnumerable<FieldError> RoleReference(JsonObject updated, JsonObject live)
    {
        var role = updated["roleRef"];
        var shown = new JsonObject
        {
            ["APIGroup"] = role?["apiGroup"]?.DeepClone(),
            ["Kind"] = role?["kind"]?.DeepClone(),
            ["Name"] = role?["name"]?.DeepClone(),
        };
        return JsonNode.DeepEquals(role, live["roleRef"]) ? [] : [FieldError.Invalid("roleRef", shown, "cannot change roleRef")];
    }

    private static IEnumerable<FieldError> Forbid(JsonObject updated, JsonObject live, string path, string why) =>
        JsonNode.DeepEquals(At(updated, path), At(live, path)) ? [] : [FieldError.Forbidden(path, why)];

    /// <summary>An immutable secret or config map stays immutable, and so does what it holds.</summary>
    private static IEnumerable<FieldError> Frozen(JsonObject updated, JsonObject live, string[] fields)
    {
        if (live["immutable"]?.ToString() != "true")
        {
            yield break;
        }

        if (updated["immutable"]?.ToString() != "true")
        {
            yield return FieldError.Forbidden("immutable", WhenImmutable);
        }

        foreach (var field in fields.Where(field => !JsonNode.DeepEquals(updated[field], live[field])))
        {
            yield return FieldError.Forbidden(field, WhenImmutable);
        }
    }

    private static IEnumerable<FieldError> StatefulSet(JsonObject updated, JsonObject live)
    {
        string[] mutable =
        [
            "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
        ];
        var names = (updated["spec"] as JsonObject ?? []).Select(pair => pair.Key).Union((live["spec"] as JsonObject ?? []).Select(pair => pair.Key));
        return names.Except(mutable).All(name => JsonNode.DeepEquals(updated["spec"]?[name], live["spec"]?[name])) ? [] :
        [
            FieldError.Forbidden("spec", "updates to statefulset spec for fields other than "
                + string.Join(", ", mutable[..^1].Select(name => $"'{name}'")) + $" and '{mutable[^1]}' are forbidden"),
        ];
    }

    private static IEnumerable<FieldError> JobTemplate(JsonObject updated, JsonObject live) =>
        JsonNode.DeepEquals(At(updated, "spec.template"), At(live, "spec.template")) ? [] :
            [FieldError.Invalid("spec.template", At(updated, "spec.template"), Immutable)];

    private static IEnumerable<FieldError> Claim(JsonObject updated, JsonObject live)
    {
        static JsonObject Fixed(JsonObject claim)
        {
            var spec = claim["spec"]?.DeepClone() as JsonObject ?? [];
            spec.Remove("volumeAttributesClassName");
            (spec["resources"] as JsonObject)?.Remove("requests");
            return spec;
        }

        var isBound = live["status"]?["phase"]?.ToString() == "Bound";
        var isSame = isBound
            ? JsonNode.DeepEquals(Fixed(updated), Fixed(live))
            : string.IsNullOrEmpty(live["spec"]?["volumeName"]?.ToString()) && JsonNode.DeepEquals(WithoutVolume(updated), WithoutVolume(live));
        return isSame ? [] :
        [
            FieldError.Forbidden("spec", "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"),
        ];
    }

    private static JsonObject WithoutVolume(JsonObject claim)
    {
        var spec = claim["spec"]?.DeepClone() as JsonObject ?? [];
        spec.Remove("volumeName");
        return spec;
    }

    private static IEnumerable<FieldError> ClusterAddress(JsonObject updated, JsonObject live)
    {
        var (before, after) = (At(live, "spec.clusterIP")?.ToString(), At(updated, "spec.clusterIP")?.ToString());
        var isKept = string.IsNullOrEmpty(before) || before == after || At(updated, "spec.type")?.ToString() == "ExternalName";
        return isKept ? [] : [FieldError.Invalid("spec.clusterIPs[0]", At(updated, "spec.clusterIPs"), "may not change once set")];
    }
}
