using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.Applications;

/// <summary>Reads optional fields of a resource's JSON; a field of another type counts as absent.</summary>
internal static class JsonReading
{
    public static string TextAt(this JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    public static bool FlagAt(this JsonObject json, string name) => json.TryFlagAt(name) ?? false;

    public static bool? TryFlagAt(this JsonObject json, string name) => (json[name] as JsonValue)?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    public static long? NumberAt(this JsonObject json, string name) =>
        json[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? Whole(value) : null;

    public static IReadOnlyList<string> TextsAt(this JsonObject json, string name) =>
        [.. (json[name] as JsonArray)?.OfType<JsonValue>().Select(value => value.TryGetValue(out string? text) ? text : value.ToString()) ?? []];

    public static IEnumerable<JsonObject> ObjectsAt(this JsonObject json, string name) => (json[name] as JsonArray)?.OfType<JsonObject>() ?? [];

    public static IReadOnlyDictionary<string, string> MapAt(this JsonObject json, string name) =>
        (json[name] as JsonObject)?.ToDictionary(entry => entry.Key, entry => entry.Value?.ToString() ?? "", StringComparer.Ordinal) ?? [];

    // A number that was set here keeps its own type, and gives out no other.
    private static long Whole(JsonValue value) =>
        value.TryGetValue(out long number) ? number
        : value.TryGetValue(out int small) ? small
        : value.TryGetValue(out double fraction) ? (long)fraction : 0;
}
