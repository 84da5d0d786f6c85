using System.Globalization;
using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>Whole numbers in JSON, whether parsed or set from code.</summary>
internal static class JsonNumbers
{
    /// <summary>The number, or 0 when the node is absent or no whole number.</summary>
    public static long Of(JsonNode? node) =>
        node is JsonValue value && long.TryParse(value.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
