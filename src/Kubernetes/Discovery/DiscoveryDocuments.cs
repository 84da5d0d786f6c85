using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Kubernetes.Discovery;

/// <summary>Reads the two shapes of discovery: one APIResourceList per group version, or the aggregated list.</summary>
internal static class DiscoveryDocuments
{
    internal static IEnumerable<DiscoveredResource> ReadResourceList(JsonNode list, string group, string version)
    {
        foreach (var item in Items(list["resources"]))
        {
            var plural = Text(item, "name");
            if (plural.Contains('/', StringComparison.Ordinal))
            {
                continue; // a subresource
            }

            var isNamespaced = item["namespaced"] is JsonValue value && value.TryGetValue(out bool flag) && flag;
            yield return new DiscoveredResource(new ApiResource(group, version, Text(item, "kind"), plural, isNamespaced))
            {
                Verbs = Texts(item["verbs"]),
                ShortNames = Texts(item["shortNames"]),
                Categories = Texts(item["categories"]),
                Singular = Text(item, "singularName"),
            };
        }
    }

    internal static void ReadAggregated(JsonNode list, List<DiscoveredResource> resources, Dictionary<string, string> failures)
    {
        foreach (var groupItem in Items(list["items"]))
        {
            var group = groupItem["metadata"] is JsonObject metadata ? Text(metadata, "name") : "";
            foreach (var versionItem in Items(groupItem["versions"]))
            {
                var version = Text(versionItem, "version");
                if (Text(versionItem, "freshness") == "Stale")
                {
                    failures[group.Length == 0 ? version : $"{group}/{version}"] = "the API server reports stale discovery";
                }

                resources.AddRange(Items(versionItem["resources"]).Select(item => ReadAggregatedResource(item, group, version)));
            }
        }
    }

    internal static IEnumerable<(string Group, string Version)> ReadGroups(JsonNode groupList)
    {
        foreach (var groupItem in Items(groupList["groups"]))
        {
            var preferred = groupItem["preferredVersion"] is JsonObject first ? Text(first, "version") : "";
            var versions = Items(groupItem["versions"]).Select(item => Text(item, "version"));
            foreach (var version in versions.OrderByDescending(version => version == preferred))
            {
                yield return (Text(groupItem, "name"), version);
            }
        }
    }

    private static DiscoveredResource ReadAggregatedResource(JsonObject item, string group, string version)
    {
        var kind = item["responseKind"] is JsonObject response ? response : [];
        return new DiscoveredResource(new ApiResource(group, version, Text(kind, "kind"), Text(item, "resource"), Text(item, "scope") == "Namespaced"))
        {
            Verbs = Texts(item["verbs"]),
            ShortNames = Texts(item["shortNames"]),
            Categories = Texts(item["categories"]),
            Singular = Text(item, "singularResource"),
        };
    }

    private static IEnumerable<JsonObject> Items(JsonNode? array) => (array as JsonArray)?.OfType<JsonObject>() ?? [];

    internal static string[] Texts(JsonNode? array) => (array as JsonArray)?.Select(item => item?.ToString() ?? "").ToArray() ?? [];

    private static string Text(JsonObject item, string name) =>
        item[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
