using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.Status;

/// <summary>RFC 7386: makes the smallest patch that turns one document into another, and applies one.</summary>
internal static class MergePatch
{
    /// <summary>Changes a document as a patch says; null takes a field away.</summary>
    public static void Apply(JsonObject document, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                document.Remove(name);
            }
            else if (value is JsonObject fields)
            {
                var inner = document[name] as JsonObject ?? [];
                Apply(inner, fields);
                document[name] = inner.Parent is null ? inner : inner.DeepClone();
            }
            else
            {
                document[name] = value.DeepClone();
            }
        }
    }

    /// <summary>The patch, or null when the documents are equal.</summary>
    public static JsonObject? Between(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var (name, _) in before.Where(entry => !after.ContainsKey(entry.Key)))
        {
            patch[name] = null;
        }

        foreach (var (name, value) in after)
        {
            if (before[name] is JsonObject left && value is JsonObject right)
            {
                if (Between(left, right) is { } nested)
                {
                    patch[name] = nested;
                }
            }
            else if (!JsonNode.DeepEquals(before[name], value))
            {
                patch[name] = value?.DeepClone();
            }
        }

        return patch.Count == 0 ? null : patch;
    }
}
