using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Bootstrapping;

/// <summary>The roles that every cluster has, as data.</summary>
internal static class BootstrapRoles
{
    private const string Read = "get,list,watch";
    private const string Write = "create,delete,deletecollection,patch,update";
    private const string Workloads = "daemonsets,deployments,deployments/scale,replicasets,replicasets/scale,statefulsets,statefulsets/scale";
    private const string CoreOpen = "configmaps,endpoints,events,persistentvolumeclaims,pods,pods/log,replicationcontrollers,replicationcontrollers/scale,serviceaccounts,services";

    internal static IReadOnlyList<Role> ClusterRoles { get; } =
    [
        new("cluster-admin", ["* | * | *", "* | url | *"]),
        new("admin", [.. Editing(), $"{Read},{Write} | rbac.authorization.k8s.io | roles,rolebindings"]),
        new("edit", [.. Editing()]),
        new("view", [.. Viewing()]),
        new("system:discovery", ["get | url | /api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,/version/"]),
        new("system:public-info-viewer", ["get | url | /healthz,/livez,/readyz,/version,/version/"]),
        new("system:basic-user",
        [
            "create | authorization.k8s.io | selfsubjectaccessreviews,selfsubjectrulesreviews",
            "create | authentication.k8s.io | selfsubjectreviews",
        ]),
    ];

    /// <summary>Each role and the groups it is bound to.</summary>
    internal static IReadOnlyList<(string Role, string[] Groups)> ClusterRoleBindings { get; } =
    [
        ("cluster-admin", ["system:masters"]),
        ("system:discovery", ["system:authenticated"]),
        ("system:basic-user", ["system:authenticated"]),
        ("system:public-info-viewer", ["system:authenticated", "system:unauthenticated"]),
    ];

    private static IEnumerable<string> Viewing() =>
    [
        $"{Read} |  | {CoreOpen},namespaces,limitranges,resourcequotas",
        $"{Read} | apps | {Workloads},controllerrevisions",
        $"{Read} | batch | cronjobs,jobs",
        $"{Read} | autoscaling | horizontalpodautoscalers",
        $"{Read} | networking.k8s.io | ingresses,networkpolicies",
        $"{Read} | policy | poddisruptionbudgets",
        $"{Read} | discovery.k8s.io | endpointslices",
    ];

    private static IEnumerable<string> Editing() =>
    [
        .. Viewing(),
        $"{Read},{Write} |  | {CoreOpen},secrets,serviceaccounts/token,pods/eviction,services/proxy",
        $"{Write} | apps | {Workloads}",
        $"{Write} | batch | cronjobs,jobs",
        $"{Write} | autoscaling | horizontalpodautoscalers",
        $"{Write} | networking.k8s.io | ingresses,networkpolicies",
        $"{Write} | policy | poddisruptionbudgets",
        $"{Read},{Write} | coordination.k8s.io | leases",
    ];

    /// <summary>A role whose rules are lines of «verbs | group (or "url") | resources (or paths)».</summary>
    internal sealed record Role(string Name, IReadOnlyList<string> Lines)
    {
        internal JsonArray Rules() => new([.. Lines.Select(RuleOf)]);

        private static JsonObject RuleOf(string line)
        {
            var parts = line.Split('|', StringSplitOptions.TrimEntries);
            return parts[1] == "url"
                ? new() { ["nonResourceURLs"] = Words(parts[2]), ["verbs"] = Words(parts[0]) }
                : new() { ["apiGroups"] = new JsonArray(parts[1]), ["resources"] = Words(parts[2]), ["verbs"] = Words(parts[0]) };
        }

        private static JsonArray Words(string list) => new([.. list.Split(',').Select(word => JsonValue.Create(word))]);
    }
}
