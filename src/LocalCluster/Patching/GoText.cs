using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Patching;

/// <summary>Values as Go prints them, for messages that quote them: <c>map[data:5]</c>.</summary>
internal static class GoText
{
    /// <summary>The printed form.</summary>
    public static string Of(JsonNode? value) => value switch
    {
        null => "<nil>",
        JsonObject map => $"map[{string.Join(' ', map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}:{Of(pair.Value)}"))}]",
        JsonArray list => $"[{string.Join(' ', list.Select(Of))}]",
        _ => value.ToString(),
    };
}
