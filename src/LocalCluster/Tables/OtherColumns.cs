using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Resources;
using static SecretsOps.LocalCluster.Tables.TableColumn;

namespace SecretsOps.LocalCluster.Tables;

/// <summary>The columns of the remaining built-in kinds.</summary>
internal static class OtherColumns
{
    internal static IReadOnlyList<TableColumn>? For(string qualifiedPlural) => qualifiedPlural switch
    {
        "customresourcedefinitions.apiextensions.k8s.io" => [NameColumn, CreatedAt],
        "roles.rbac.authorization.k8s.io" or "clusterroles.rbac.authorization.k8s.io" => [NameColumn, CreatedAt],
        "rolebindings.rbac.authorization.k8s.io" or "clusterrolebindings.rbac.authorization.k8s.io" =>
        [
            NameColumn,
            Of("Role", item => $"{item.Text("roleRef", "kind")}/{item.Text("roleRef", "name")}"),
            Age,
            Of("Users", item => Subjects(item, "User")).Wide(),
            Of("Groups", item => Subjects(item, "Group")).Wide(),
            Of("ServiceAccounts", item => Subjects(item, "ServiceAccount")).Wide(),
        ],
        "leases.coordination.k8s.io" => [NameColumn, At("Holder", "spec.holderIdentity"), Age],
        "ingresses.networking.k8s.io" =>
        [
            NameColumn,
            At("Class", "spec.ingressClassName", "<none>"),
            Of("Hosts", item => Show(item.Items("spec", "rules").Select(rule => rule.Text("host")), "*")),
            Of("Address", item => string.Join(',', item.Items("status", "loadBalancer", "ingress").Select(ingress => ingress.Text("ip") + ingress.Text("hostname")))),
            Of("Ports", item => item.Items("spec", "tls").Count > 0 ? "80, 443" : "80"),
            Age,
        ],
        "ingressclasses.networking.k8s.io" => [NameColumn, At("Controller", "spec.controller"), At("Parameters", "spec.parameters.name", "<none>"), Age],
        "networkpolicies.networking.k8s.io" => [NameColumn, Of("Pod-Selector", item => CoreColumns.Labels(item.Find("spec", "podSelector", "matchLabels"))), Age],
        "poddisruptionbudgets.policy" =>
        [
            NameColumn, At("Min Available", "spec.minAvailable", "N/A"), At("Max Unavailable", "spec.maxUnavailable", "N/A"),
            Count("Allowed Disruptions", item => item.Number("status", "disruptionsAllowed")), Age,
        ],
        "storageclasses.storage.k8s.io" =>
        [
            NameColumn, At("Provisioner", "provisioner"), At("ReclaimPolicy", "reclaimPolicy", "Delete"), At("VolumeBindingMode", "volumeBindingMode", "Immediate"),
            Of("AllowVolumeExpansion", item => item.Flag("allowVolumeExpansion") ? "true" : "false"), Age,
        ],
        "horizontalpodautoscalers.autoscaling" => Autoscaler,
        "priorityclasses.scheduling.k8s.io" =>
            [NameColumn, At("Value", "value"), Of("Global-Default", item => item.Flag("globalDefault") ? "true" : "false"), Age, At("PreemptionPolicy", "preemptionPolicy", "PreemptLowerPriority")],
        "endpointslices.discovery.k8s.io" =>
        [
            NameColumn, At("AddressType", "addressType"),
            Of("Ports", item => Show(item.Items("ports").Select(port => port.Find("port")?.ToString() ?? "*"), "<unset>")),
            Of("Endpoints", item => Show(item.Items("endpoints").SelectMany(endpoint => endpoint.Items("addresses").Select(address => address.Text())), "<unset>")), Age,
        ],
        "apiservices.apiregistration.k8s.io" => [NameColumn, At("Service", "spec.service.name", "Local"), Of("Available", _ => "True"), Age],
        "validatingwebhookconfigurations.admissionregistration.k8s.io" or "mutatingwebhookconfigurations.admissionregistration.k8s.io" =>
            [NameColumn, Count("Webhooks", item => item.Items("webhooks").Count), Age],
        _ => null,
    };

    private static IReadOnlyList<TableColumn> Autoscaler { get; } =
    [
        NameColumn,
        Of("Reference", item => $"{item.Text("spec", "scaleTargetRef", "kind")}/{item.Text("spec", "scaleTargetRef", "name")}"),
        Of("Targets", item => item.Items("spec", "metrics").Count == 0 ? "<none>" : "<unknown>"),
        At("MinPods", "spec.minReplicas", "<unset>"),
        Count("MaxPods", item => item.Number("spec", "maxReplicas")),
        Count("Replicas", item => item.Number("status", "currentReplicas")),
        Age,
    ];

    private static string Subjects(JsonObject item, string kind) => string.Join(", ",
        item.Items("subjects").Where(subject => subject.Text("kind") == kind)
            .Select(subject => kind == "ServiceAccount" ? $"{subject.Text("namespace")}/{subject.Text("name")}" : subject.Text("name")));

    private static string Show(IEnumerable<string> values, string otherwise) =>
        string.Join(',', values.Where(value => value.Length > 0)) is { Length: > 0 } text ? text : otherwise;
}
