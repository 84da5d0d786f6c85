using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Health;

/// <summary>Reads fields of unstructured objects; a field that is absent or of another type counts as empty.</summary>
internal static class ObjectFields
{
    public static JsonNode? At(this KubernetesObject value, params ReadOnlySpan<string> path)
    {
        JsonNode? node = value.Json;
        foreach (var name in path)
        {
            node = (node as JsonObject)?[name];
        }

        return node;
    }

    public static string TextAt(this KubernetesObject value, params ReadOnlySpan<string> path) => Text(At(value, path));

    public static long? TryNumberAt(this KubernetesObject value, params ReadOnlySpan<string> path) => Number(At(value, path));

    public static long NumberAt(this KubernetesObject value, params ReadOnlySpan<string> path) => Number(At(value, path)) ?? 0;

    public static IEnumerable<JsonObject> ObjectsAt(this KubernetesObject value, params ReadOnlySpan<string> path) => Objects(At(value, path));

    public static IEnumerable<JsonObject> Objects(JsonNode? node) => (node as JsonArray)?.OfType<JsonObject>() ?? [];

    public static string Text(JsonNode? node) => node is JsonValue text && text.TryGetValue(out string? result) ? result : "";

    // A number that was read from YAML or set here keeps its own type, and gives out no other.
    public static long? Number(JsonNode? node) => node is not JsonValue number || number.GetValueKind() != JsonValueKind.Number ? null
        : number.TryGetValue(out long whole) ? whole
        : number.TryGetValue(out int small) ? small
        : number.TryGetValue(out double fraction) ? (long)fraction : null;

    public static bool Flag(JsonNode? node) => node is JsonValue flag && flag.GetValueKind() == JsonValueKind.True;

    /// <summary>The entry of <c>status.conditions</c> with a type, or null.</summary>
    public static JsonObject? Condition(this KubernetesObject value, string type) =>
        value.ObjectsAt("status", "conditions").FirstOrDefault(condition => Text(condition["type"]) == type);

    public static string Status(this JsonObject condition) => Text(condition["status"]);

    public static string Reason(this JsonObject condition) => Text(condition["reason"]);

    public static string Message(this JsonObject condition) => Text(condition["message"]);
}
