using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.Status;

/// <summary>Makes the smallest RFC 7386 patch that turns one document into another.</summary>
internal static class MergePatch
{
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
