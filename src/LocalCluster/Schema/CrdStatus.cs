using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>The status of a CustomResourceDefinition.</summary>
internal static class CrdStatus
{
    /// <summary>What a new definition starts with: its storage version; names are accepted by the cluster once it serves them.</summary>
    public static JsonObject Initial(JsonObject crd) => new()
    {
        ["conditions"] = null,
        ["acceptedNames"] = new JsonObject { ["plural"] = "", ["kind"] = "" },
        ["storedVersions"] = new JsonArray([.. (crd["spec"]?["versions"] as JsonArray ?? [])
            .Where(version => version?["storage"]?.ToString() == "true")
            .Select(version => version!["name"]?.DeepClone())]),
    };
}
