using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;

namespace SecretsOps.GitOps.Settings;

/// <summary>Which kinds of objects the engine watches and applies: those that come and go by the thousand and belong to the server are left out.</summary>
internal sealed record KindFilter
{
    // Compatibility: the first four are always left out, the others where argocd-cm says nothing else.
    private static readonly KindPattern[] Always =
    [
        new("events.k8s.io", "*", "*"), new("metrics.k8s.io", "*", "*"), new("", "Event", "*"), new("coordination.k8s.io", "Lease", "*"),
    ];

    private static readonly KindPattern[] Usually =
    [
        new("", "Endpoints", "*"), new("discovery.k8s.io", "EndpointSlice", "*"), new("certificates.k8s.io", "CertificateSigningRequest", "*"),
        new("authentication.k8s.io", "*Review", "*"), new("authorization.k8s.io", "*Review", "*"), new("cert-manager.io", "CertificateRequest", "*"),
        new("cilium.io", "CiliumIdentity", "*"), new("cilium.io", "CiliumEndpoint", "*"), new("cilium.io", "CiliumEndpointSlice", "*"),
        new("kyverno.io", "*Report", "*"), new("reports.kyverno.io", "*", "*"), new("wgpolicyk8s.io", "*Report", "*"),
    ];

    private IReadOnlyList<KindPattern> _excluded = Usually;
    private IReadOnlyList<KindPattern> _included = [];

    private KindFilter()
    {
    }

    public static KindFilter Default { get; } = new();

    /// <summary>Reads <c>resource.exclusions</c> and <c>resource.inclusions</c>, lists of <c>apiGroups</c>, <c>kinds</c> and <c>clusters</c>; null where nothing is said.</summary>
    public static KindFilter Read(JsonArray? exclusions, JsonArray? inclusions) => new()
    {
        _excluded = exclusions is null ? Usually : Patterns(exclusions),
        _included = Patterns(inclusions ?? []),
    };

    /// <summary>Whether a kind of a cluster, known by its address, is left out.</summary>
    public bool Excludes(string group, string kind, string server) =>
        Always.Any(pattern => pattern.Covers(group, kind, server))
        || _excluded.Any(pattern => pattern.Covers(group, kind, server))
        || (_included.Count > 0 && !_included.Any(pattern => pattern.Covers(group, kind, server)));

    private static IReadOnlyList<KindPattern> Patterns(JsonArray entries) =>
    [
        .. from entry in entries.OfType<JsonObject>()
           from @group in Texts(entry, "apiGroups")
           from kind in Texts(entry, "kinds")
           from cluster in Texts(entry, "clusters")
           select new KindPattern(@group, kind, cluster),
    ];

    // A list that is absent or empty stands for everything.
    private static IReadOnlyList<string> Texts(JsonObject entry, string name) => entry.TextsAt(name) is { Count: > 0 } texts ? texts : ["*"];

    private sealed record KindPattern(string Group, string Kind, string Cluster)
    {
        public bool Covers(string group, string kind, string server) =>
            GlobPattern.IsMatch(Group, group) && GlobPattern.IsMatch(Kind, kind) && GlobPattern.IsMatch(Cluster, server);
    }
}
