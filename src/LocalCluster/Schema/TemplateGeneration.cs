using System.Globalization;
using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>The annotation in which DaemonSets count the changes of their template.</summary>
internal static class TemplateGeneration
{
    private const string Name = "deprecated.daemonset.template.generation";

    /// <summary>The count; 0 when there is none.</summary>
    public static long Of(JsonObject set) => JsonNumbers.Of(set["metadata"]?["annotations"]?[Name]);

    /// <summary>Writes the count.</summary>
    public static void Annotate(JsonObject set, long generation)
    {
        var metadata = set["metadata"]!.AsObject();
        if (metadata["annotations"] is not JsonObject)
        {
            metadata["annotations"] = new JsonObject();
        }

        metadata["annotations"]![Name] = generation.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Keeps the live count, one more when the template changed.</summary>
    public static void Carry(JsonObject updated, JsonObject live) =>
        Annotate(updated, Of(live) + (JsonNode.DeepEquals(updated["spec"]?["template"], live["spec"]?["template"]) ? 0 : 1));
}
