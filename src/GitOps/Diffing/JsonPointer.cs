using System.Globalization;
using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.Diffing;

/// <summary>Removes what an RFC 6901 pointer names; a path that is not there is fine.</summary>
internal static class JsonPointer
{
    public static void Remove(JsonNode root, string pointer)
    {
        string[] segments = [.. pointer.TrimStart('/').Split('/').Select(Unescape)];
        var parent = segments[..^1].Aggregate((JsonNode?)root, Child);
        switch (parent)
        {
            case JsonObject json:
                json.Remove(segments[^1]);
                break;
            case JsonArray array when Index(segments[^1], array) is { } index:
                array.RemoveAt(index);
                break;
        }
    }

    /// <summary>Makes a place in one document what it is in another; where its parent is missing nothing happens.</summary>
    public static void Copy(JsonNode from, JsonNode into, string pointer)
    {
        string[] segments = [.. pointer.TrimStart('/').Split('/').Select(Unescape)];
        var value = segments.Aggregate((JsonNode?)from, Child);
        if (value is null)
        {
            Remove(into, pointer);
            return;
        }

        switch (segments[..^1].Aggregate((JsonNode?)into, Child))
        {
            case JsonObject json:
                json[segments[^1]] = value.DeepClone();
                break;
            case JsonArray array when Index(segments[^1], array) is { } index:
                array[index] = value.DeepClone();
                break;
        }
    }

    private static JsonNode? Child(JsonNode? node, string segment) => node switch
    {
        JsonObject json => json[segment],
        JsonArray array when Index(segment, array) is { } index => array[index],
        _ => null,
    };

    private static int? Index(string segment, JsonArray array) =>
        int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < array.Count ? index : null;

    private static string Unescape(string segment) =>
        segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
