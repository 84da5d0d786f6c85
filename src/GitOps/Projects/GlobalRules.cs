using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.Projects;

/// <summary>Adds the rules of a global project to those of another; nothing that the other says is taken away.</summary>
internal static class GlobalRules
{
    private static readonly string[] Lists =
    [
        "sourceRepos", "destinations", "clusterResourceWhitelist", "clusterResourceBlacklist", "namespaceResourceWhitelist", "namespaceResourceBlacklist", "syncWindows",
    ];

    public static JsonObject Merge(JsonObject own, JsonObject global)
    {
        var merged = (JsonObject)own.DeepClone();
        foreach (var list in Lists)
        {
            if (global[list] is JsonArray more)
            {
                merged[list] = new JsonArray([.. (merged[list] as JsonArray ?? []).Concat(more).Select(entry => entry?.DeepClone())]);
            }
        }

        return merged;
    }
}
