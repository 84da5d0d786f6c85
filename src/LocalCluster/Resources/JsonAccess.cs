using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Resources;

/// <summary>Reads fields of objects that may be absent or of another type.</summary>
internal static class JsonAccess
{
    internal static JsonObject Parse(StoredObject stored) => (JsonObject)JsonNode.Parse(stored.Json.Span)!;

    internal static string Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        Find(node, path) is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    internal static long Number(this JsonNode? node, params ReadOnlySpan<string> path) => TryNumber(node, path) ?? 0;

    internal static long? TryNumber(this JsonNode? node, params ReadOnlySpan<string> path) =>
        Find(node, path) is JsonValue value && value.TryGetValue(out long number) ? number : null;

    internal static bool Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        Find(node, path) is JsonValue value && value.TryGetValue(out bool flag) && flag;

    internal static JsonArray Items(this JsonNode? node, params ReadOnlySpan<string> path) => Find(node, path) as JsonArray ?? [];

    internal static JsonNode? Find(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            node = node is JsonObject fields ? fields[name] : null;
        }

        return node;
    }

    /// <summary>The object under a name, made when absent.</summary>
    internal static JsonObject Section(this JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject section)
        {
            parent[name] = section = [];
        }

        return section;
    }

    /// <summary>Copies a field from another object, or removes it when that one has none.</summary>
    internal static void CopyField(this JsonObject target, JsonNode? source, string name)
    {
        if (source is JsonObject fields && fields[name] is { } value)
        {
            target[name] = value.DeepClone();
        }
        else
        {
            target.Remove(name);
        }
    }

    internal static void Default(this JsonObject target, string name, JsonNode value)
    {
        if (target[name] is null)
        {
            target[name] = value;
        }
    }
}
