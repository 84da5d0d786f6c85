using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Resources;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.BuiltIn;

/// <summary>What built-in kinds demand beyond their schema: required fields, and fields that never change.</summary>
internal static class BuiltInValidation
{
    private const string Immutable = "field is immutable";
    private const int LargestSecret = 1 << 20;

    internal static void CheckCreate(ResourceKind kind, JsonObject body)
    {
        var errors = kind.QualifiedPlural switch
        {
            "secrets" => CheckSecret(body),
            "configmaps" => CheckConfigMap(body),
            "deployments.apps" or "replicasets.apps" or "statefulsets.apps" or "daemonsets.apps" => CheckSelector(body),
            "pods" => CheckContainers(body, "spec"),
            "jobs.batch" => CheckContainers(body, "spec.template.spec"),
            "services" => CheckService(body),
            _ => [],
        };
        Refuse(kind, body, errors);
    }

    internal static void CheckUpdate(ResourceKind kind, JsonObject live, JsonObject next)
    {
        var errors = kind.QualifiedPlural switch
        {
            "secrets" => CheckSecret(next).Concat(CheckImmutableData(live, next)).Concat(Unchanged(live, next, "type")),
            "configmaps" => CheckConfigMap(next).Concat(CheckImmutableData(live, next)),
            "deployments.apps" or "replicasets.apps" or "daemonsets.apps" => CheckSelector(next).Concat(Unchanged(live, next, "spec.selector")),
            "statefulsets.apps" => CheckSelector(next).Concat(CheckStatefulSet(live, next)),
            "jobs.batch" => Unchanged(live, next, "spec.selector").Concat(Unchanged(live, next, "spec.template")).Concat(Unchanged(live, next, "spec.completions")),
            "rolebindings.rbac.authorization.k8s.io" or "clusterrolebindings.rbac.authorization.k8s.io" => CheckRoleRef(live, next),
            "services" => CheckService(next).Concat(CheckClusterIp(live, next)),
            "persistentvolumeclaims" => Unchanged(live, next, "spec.storageClassName"),
            _ => [],
        };
        Refuse(kind, next, errors);
    }

    private static void Refuse(ResourceKind kind, JsonObject body, IEnumerable<FieldError> errors)
    {
        FieldError[] found = [.. errors];
        if (found.Length > 0)
        {
            throw ApiErrors.Invalid(kind, body.Text("metadata", "name"), found);
        }
    }

    private static IEnumerable<FieldError> CheckSecret(JsonObject body)
    {
        var total = 0;
        foreach (var (name, value) in body["data"] as JsonObject ?? [])
        {
            if (!IsDataKey(name))
            {
                yield return BadDataKey(name);
            }

            total += value.Text().Length / 4 * 3;
        }

        if (total > LargestSecret)
        {
            yield return FieldError.TooLong("data", LargestSecret);
        }

        foreach (var required in RequiredData(body.Text("type")).Where(name => (body["data"] as JsonObject)?.ContainsKey(name) != true))
        {
            yield return FieldError.Required($"data[{required}]", "");
        }
    }

    private static string[] RequiredData(string type) => type switch
    {
        "kubernetes.io/tls" => ["tls.crt", "tls.key"],
        "kubernetes.io/dockerconfigjson" => [".dockerconfigjson"],
        "kubernetes.io/dockercfg" => [".dockercfg"],
        "kubernetes.io/ssh-auth" => ["ssh-privatekey"],
        _ => [],
    };

    private static IEnumerable<FieldError> CheckConfigMap(JsonObject body) =>
        (body["data"] as JsonObject ?? []).Concat(body["binaryData"] as JsonObject ?? [])
        .Where(entry => !IsDataKey(entry.Key))
        .Select(entry => BadDataKey(entry.Key));

    private static bool IsDataKey(string name) =>
        name.Length is > 0 and <= 253 && name is not ("." or "..") && !name.StartsWith("..", StringComparison.Ordinal)
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static FieldError BadDataKey(string name) => FieldError.Invalid($"data[{name}]", JsonValue.Create(name),
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')");

    private static IEnumerable<FieldError> CheckImmutableData(JsonObject live, JsonObject next)
    {
        if (!live.Flag("immutable"))
        {
            yield break;
        }

        if (!next.Flag("immutable"))
        {
            yield return FieldError.Forbidden("immutable", "field is immutable when `immutable` is set");
        }

        foreach (var field in (string[])["data", "binaryData"])
        {
            if (!JsonNode.DeepEquals(live[field], next[field]))
            {
                yield return FieldError.Forbidden(field, "field is immutable when `immutable` is set");
            }
        }
    }

    private static IEnumerable<FieldError> CheckSelector(JsonObject body)
    {
        if (body.Find("spec", "selector") is null)
        {
            yield return FieldError.Required("spec.selector", "");
        }

        var labels = body.Find("spec", "template", "metadata", "labels") as JsonObject ?? [];
        var wanted = body.Find("spec", "selector", "matchLabels") as JsonObject ?? [];
        if (wanted.Any(label => labels[label.Key].Text() != label.Value.Text()))
        {
            yield return FieldError.Invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`");
        }

        foreach (var error in CheckContainers(body, "spec.template.spec"))
        {
            yield return error;
        }
    }

    private static IEnumerable<FieldError> CheckContainers(JsonObject body, string path)
    {
        var containers = body.Find(path.Split('.')).Items("containers");
        if (containers.Count == 0)
        {
            yield return FieldError.Required(path + ".containers", "");
        }

        for (var index = 0; index < containers.Count; index++)
        {
            if (containers[index].Text("name").Length == 0)
            {
                yield return FieldError.Required($"{path}.containers[{index}].name", "");
            }

            if (containers[index].Text("image").Length == 0 && path != "spec")
            {
                yield return FieldError.Required($"{path}.containers[{index}].image", "");
            }
        }
    }

    private static IEnumerable<FieldError> CheckService(JsonObject body)
    {
        if (body.Items("spec", "ports").Count == 0 && body.Text("spec", "type") != "ExternalName" && body.Text("spec", "clusterIP") != "None")
        {
            yield return FieldError.Required("spec.ports", "");
        }
    }

    private static IEnumerable<FieldError> CheckClusterIp(JsonObject live, JsonObject next)
    {
        var (before, after) = (live.Text("spec", "clusterIP"), next.Text("spec", "clusterIP"));
        if (before.Length > 0 && before != after && next.Text("spec", "type") != "ExternalName")
        {
            yield return FieldError.Invalid("spec.clusterIP", JsonValue.Create(after), Immutable);
        }
    }

    private static IEnumerable<FieldError> CheckStatefulSet(JsonObject live, JsonObject next)
    {
        string[] mutable = ["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"];
        var fields = live.Section("spec").Select(field => field.Key).Union(next.Section("spec").Select(field => field.Key)).Except(mutable);
        if (fields.Any(field => !JsonNode.DeepEquals(live["spec"]![field], next["spec"]![field])))
        {
            yield return FieldError.Forbidden("spec",
                "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
        }
    }

    private static IEnumerable<FieldError> CheckRoleRef(JsonObject live, JsonObject next)
    {
        if (!JsonNode.DeepEquals(live["roleRef"], next["roleRef"]))
        {
            yield return FieldError.Invalid("roleRef", next["roleRef"], "cannot change roleRef");
        }
    }

    private static IEnumerable<FieldError> Unchanged(JsonObject live, JsonObject next, string path)
    {
        var (before, after) = (live.Find(path.Split('.')), next.Find(path.Split('.')));
        if (!JsonNode.DeepEquals(before, after))
        {
            yield return FieldError.Invalid(path, after, Immutable);
        }
    }
}
