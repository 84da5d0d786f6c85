using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.LocalCluster.Kinds;

namespace SecretsOps.LocalCluster.Discovery;

/// <summary>Discovery in one document each for <c>/api</c> and <c>/apis</c>: <c>apidiscovery.k8s.io</c> v2 and v2beta1.</summary>
internal static class AggregatedDiscovery
{
    /// <summary>The core group alone.</summary>
    internal static JsonObject Core(KindCatalog catalog, string version) => List(version, [GroupOf(catalog, "", ["v1"])]);

    /// <summary>The named groups.</summary>
    internal static JsonObject Named(KindCatalog catalog, string version) =>
        List(version, catalog.Groups.Select(group => GroupOf(catalog, group.Name, group.Versions)));

    private static JsonObject List(string version, IEnumerable<JsonObject> groups) => new()
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = $"apidiscovery.k8s.io/{version}",
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. groups]),
    };

    private static JsonObject GroupOf(KindCatalog catalog, string group, IReadOnlyList<string> versions) => new()
    {
        ["metadata"] = group.Length == 0 ? new JsonObject() : new JsonObject { ["name"] = group },
        ["versions"] = new JsonArray([.. versions.Select(version => new JsonObject
        {
            ["version"] = version,
            ["resources"] = new JsonArray([.. catalog.In(group, version).Select(ResourceOf)]),
            ["freshness"] = "Current",
        })]),
    };

    private static JsonObject ResourceOf(ResourceKind kind)
    {
        var resource = new JsonObject
        {
            ["resource"] = kind.Plural,
            ["responseKind"] = KindOf(kind.Gvk),
            ["scope"] = kind.IsNamespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = kind.Singular,
            ["verbs"] = Words(kind.Verbs),
        };
        AddWords(resource, "shortNames", kind.ShortNames);
        AddWords(resource, "categories", kind.Categories);
        if (kind.Subresources.Count > 0)
        {
            resource["subresources"] = new JsonArray([.. kind.Subresources.Select(subresource => new JsonObject
            {
                ["subresource"] = subresource.Name,
                ["responseKind"] = KindOf(subresource.Gvk ?? kind.Gvk),
                ["verbs"] = Words(subresource.Verbs),
            })]);
        }

        return resource;
    }

    private static JsonObject KindOf(GroupVersionKind gvk) => new() { ["group"] = gvk.Group, ["version"] = gvk.Version, ["kind"] = gvk.Kind };

    private static void AddWords(JsonObject resource, string name, IReadOnlyList<string> words)
    {
        if (words.Count > 0)
        {
            resource[name] = Words(words);
        }
    }

    private static JsonArray Words(IEnumerable<string> words) => new([.. words.Select(word => JsonValue.Create(word))]);
}
