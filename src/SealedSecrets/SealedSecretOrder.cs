using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.SealedSecrets;

/// <summary>Puts a SealedSecret's fields in the order Go writes them, without its status: what kubeseal prints.</summary>
public static class SealedSecretOrder
{
    /// <summary>A copy in that order.</summary>
    public static KubernetesObject Canonical(KubernetesObject sealedSecret)
    {
        ArgumentNullException.ThrowIfNull(sealedSecret);
        var source = sealedSecret.Json;
        var spec = source["spec"] as JsonObject;
        var ordered = new JsonObject();
        Copy(spec, ordered, "template", value => Template(value as JsonObject));
        Copy(spec, ordered, "data", null);
        Copy(spec, ordered, "encryptedData", value => Sorted(value as JsonObject));
        return new KubernetesObject(new JsonObject
        {
            ["kind"] = SealedSecret.Kind,
            ["apiVersion"] = SealedSecret.ApiVersion,
            ["metadata"] = ObjectMetadata.Canonical(source["metadata"] as JsonObject, SealedSecret.Kind),
            ["spec"] = ordered,
        });
    }

    private static JsonObject Template(JsonObject? template)
    {
        var ordered = new JsonObject { ["metadata"] = ObjectMetadata.Canonical(template?["metadata"] as JsonObject, "SecretTemplateSpec") };
        Copy(template, ordered, "type", null);
        Copy(template, ordered, "immutable", null);
        Copy(template, ordered, "data", value => Sorted(value as JsonObject));
        return ordered;
    }

    private static JsonObject Sorted(JsonObject? map) =>
        new((map ?? []).OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone())));

    private static void Copy(JsonObject? source, JsonObject target, string field, Func<JsonNode, JsonNode>? order)
    {
        if (source?[field] is { } value)
        {
            target[field] = order is null ? value.DeepClone() : order(value);
        }
    }
}
