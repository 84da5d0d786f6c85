using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.LocalCluster.Kinds;

namespace SecretsOps.LocalCluster.Discovery;

/// <summary>The unaggregated discovery documents: <c>/api</c>, <c>/apis</c>, <c>/apis/GROUP</c>, <c>/apis/GROUP/VERSION</c>.</summary>
internal static class DiscoveryDocuments
{
    internal static JsonObject CoreVersions(string serverAddress) => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = serverAddress }),
    };

    internal static JsonObject Groups(KindCatalog catalog) => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. catalog.Groups.Select(group => GroupOf(group))]),
    };

    internal static JsonObject? Group(KindCatalog catalog, string name)
    {
        if (catalog.Groups.FirstOrDefault(group => group.Name == name) is not { } found)
        {
            return null;
        }

        var document = new JsonObject { ["kind"] = "APIGroup", ["apiVersion"] = "v1" };
        foreach (var (field, value) in GroupOf(found))
        {
            document[field] = value?.DeepClone();
        }

        return document;
    }

    internal static JsonObject? Resources(KindCatalog catalog, string group, string version)
    {
        if (!catalog.Serves(group, version))
        {
            return null;
        }

        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = new JsonArray([.. catalog.In(group, version).SelectMany(Entries)]),
        };
    }

    private static JsonObject GroupOf(KindCatalog.ApiGroup group) => new()
    {
        ["name"] = group.Name,
        ["versions"] = new JsonArray([.. group.Versions.Select(version => VersionOf(group, version))]),
        ["preferredVersion"] = VersionOf(group, group.Versions[0]),
    };

    private static JsonObject VersionOf(KindCatalog.ApiGroup group, string version) =>
        new() { ["groupVersion"] = $"{group.Name}/{version}", ["version"] = version };

    private static IEnumerable<JsonObject> Entries(ResourceKind kind)
    {
        var entry = EntryOf(kind, kind.Plural, kind.Singular, kind.Gvk, kind.Verbs);
        AddWords(entry, "shortNames", kind.ShortNames);
        AddWords(entry, "categories", kind.Categories);
        yield return entry;
        foreach (var subresource in kind.Subresources)
        {
            yield return EntryOf(kind, $"{kind.Plural}/{subresource.Name}", "", subresource.Gvk ?? kind.Gvk, subresource.Verbs);
        }
    }

    private static JsonObject EntryOf(ResourceKind kind, string name, string singular, GroupVersionKind gvk, IReadOnlyList<string> verbs)
    {
        var entry = new JsonObject { ["name"] = name, ["singularName"] = singular, ["namespaced"] = kind.IsNamespaced };
        if (gvk.Group != kind.Gvk.Group || gvk.Version != kind.Gvk.Version)
        {
            entry["group"] = gvk.Group;
            entry["version"] = gvk.Version;
        }

        entry["kind"] = gvk.Kind;
        entry["verbs"] = Words(verbs);
        return entry;
    }

    private static void AddWords(JsonObject entry, string name, IReadOnlyList<string> words)
    {
        if (words.Count > 0)
        {
            entry[name] = Words(words);
        }
    }

    private static JsonArray Words(IEnumerable<string> words) => new([.. words.Select(word => JsonValue.Create(word))]);
}
