using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.LocalCluster.Kinds;

/// <summary>Every kind served at one moment, built-in and custom; immutable.</summary>
internal sealed class KindCatalog
{
    private readonly Dictionary<(string Group, string Version, string Plural), ResourceKind> _byResource;
    private readonly Dictionary<GroupVersionKind, ResourceKind> _byKind;

    internal KindCatalog(IReadOnlyList<ResourceKind> custom)
    {
        All = [.. BuiltInKinds.All, .. custom];
        _byResource = All.ToDictionary(kind => (kind.Gvk.Group, kind.Gvk.Version, kind.Plural));
        _byKind = All.ToDictionary(kind => kind.Gvk);
        Groups = [.. All.Where(kind => kind.Gvk.Group.Length > 0).GroupBy(kind => kind.Gvk.Group, GroupOf, StringComparer.Ordinal)];
    }

    internal IReadOnlyList<ResourceKind> All { get; }

    /// <summary>The named groups in discovery's order, each version once, the preferred one first.</summary>
    internal IReadOnlyList<ApiGroup> Groups { get; }

    internal ResourceKind? Find(string group, string version, string plural) => _byResource.GetValueOrDefault((group, version, plural));

    internal ResourceKind? Find(GroupVersionKind gvk) => _byKind.GetValueOrDefault(gvk);

    internal bool Serves(string group, string version) => All.Any(kind => kind.Gvk.Group == group && kind.Gvk.Version == version);

    internal IEnumerable<ResourceKind> In(string group, string version) => All.Where(kind => kind.Gvk.Group == group && kind.Gvk.Version == version);

    /// <summary>One kind for each place where objects are kept: its preferred version.</summary>
    internal IEnumerable<ResourceKind> Stored => All.Where(kind => kind.Verbs.Contains("list")).DistinctBy(kind => kind.StorageResource);

    private static ApiGroup GroupOf(string group, IEnumerable<ResourceKind> kinds) =>
        new(group, [.. kinds.Select(kind => kind.Gvk.Version).Distinct().OrderDescending(VersionPriority.Instance)]);

    /// <summary>A named group and its versions.</summary>
    internal sealed record ApiGroup(string Name, IReadOnlyList<string> Versions);
}
