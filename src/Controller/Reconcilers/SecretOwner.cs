using System.Text.Json.Nodes;

using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>Reads who controls a Secret, from its ownerReferences and annotations.</summary>
internal static class SecretOwner
{
    /// <summary>The reference with <c>controller: true</c>, or null.</summary>
    public static JsonObject? ControllerOf(KubernetesObject secret) =>
        (secret.Json["metadata"]?["ownerReferences"] as JsonArray)?.OfType<JsonObject>()
            .FirstOrDefault(reference => reference["controller"] is JsonValue value && value.TryGetValue(out bool isController) && isController);

    /// <summary>Whether the controlling owner is a SealedSecret, of whatever name and uid.</summary>
    public static bool IsSealedSecret(JsonObject? owner) =>
        Text(owner, "kind") == SealedSecretNames.Kind
        && Text(owner, "apiVersion").StartsWith($"{SealedSecretNames.Group}/", StringComparison.Ordinal);

    /// <summary>Whether an annotation says exactly <c>true</c>.</summary>
    public static bool Says(KubernetesObject secret, string annotation) => secret.Annotation(annotation) == "true";

    /// <summary>The text of a field, or empty.</summary>
    public static string Text(JsonObject? json, string name) =>
        json?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
