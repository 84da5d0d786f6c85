using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.SealedSecrets;

/// <summary>Reads JSON values into the types Go gives them, with the sentences of Go's decoder where they do not fit.</summary>
internal static class GoValue
{
    internal static string? Text(JsonNode? node, string path) => TextOf(node, path, "string");

    internal static string? TextOf(JsonNode? node, string path, string goType) => node switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) => text,
        _ => throw Mismatch(node, path, goType),
    };

    internal static JsonObject Map(JsonNode node, string path, string goType) =>
        node as JsonObject ?? throw Mismatch(node, path, goType);

    internal static bool? Flag(JsonNode? node, string path) => node switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out bool flag) => flag,
        _ => throw Mismatch(node, path, "bool"),
    };

    internal static SecretFormatException Mismatch(JsonNode node, string path, string goType) =>
        new($"json: cannot unmarshal {NameOf(node.GetValueKind())} into Go struct field {path} of type {goType}");

    private static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        _ => "bool",
    };
}
