using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Tests.Differential;

/// <summary>Where two documents differ, one line each.</summary>
internal static class JsonDifference
{
    public static IEnumerable<string> Of(JsonNode? expected, JsonNode? actual, string path)
    {
        if (expected is JsonObject left && actual is JsonObject right)
        {
            return left.Select(pair => pair.Key).Union(right.Select(pair => pair.Key))
                .SelectMany(name => !left.ContainsKey(name) ? [$"{path}.{name}: not expected {Text(right[name])}"]
                    : !right.ContainsKey(name) ? [$"{path}.{name}: missing {Text(left[name])}"]
                    : Of(left[name], right[name], $"{path}.{name}"));
        }

        if (expected is JsonArray first && actual is JsonArray second && first.Count == second.Count)
        {
            return first.Zip(second).SelectMany((pair, i) => Of(pair.First, pair.Second, $"{path}[{i}]"));
        }

        return JsonNode.DeepEquals(expected, actual) ? [] : [$"{path}: expected {Text(expected)}, got {Text(actual)}"];
    }

    private static string Text(JsonNode? node) => node?.ToJsonString(DifferentialTests.Relaxed) ?? "null";
}
