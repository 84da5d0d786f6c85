using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Resources;
using static SecretsOps.LocalCluster.Tables.TableColumn;

namespace SecretsOps.LocalCluster.Tables;

/// <summary>The columns of the core group's kinds.</summary>
internal static class CoreColumns
{
    internal static IReadOnlyList<TableColumn>? For(string qualifiedPlural) => qualifiedPlural switch
    {
        "secrets" => [NameColumn, At("Type", "type"), Count("Data", Entries), Age],
        "configmaps" => [NameColumn, Count("Data", Entries), Age],
        "namespaces" => [NameColumn, At("Status", "status.phase"), Age],
        "serviceaccounts" => [NameColumn, Count("Secrets", item => item.Items("secrets").Count), Age],
        "events" => Events,
        "events.events.k8s.io" => Events,
        "services" => Services,
        "endpoints" => [NameColumn, Of("Endpoints", Endpoints), Age],
        "nodes" => Nodes,
        "pods" => Pods,
        "podtemplates" => [NameColumn, .. ContainerColumns("template.spec"), Of("Pod Labels", item => Labels(item.Find("template", "metadata", "labels")))],
        "replicationcontrollers" => WorkloadColumns.ReplicationController,
        "persistentvolumeclaims" => Claims,
        "persistentvolumes" => Volumes,
        "limitranges" => [NameColumn, CreatedAt],
        "resourcequotas" => [NameColumn, Of("Request", item => Quota(item, isLimit: false)), Of("Limit", item => Quota(item, isLimit: true)), Age],
        _ => null,
    };

    private static IReadOnlyList<TableColumn> Events { get; } =
    [
        new("Last Seen", (item, now) => HumanDuration.Since(FirstOf(item, "lastTimestamp", "deprecatedLastTimestamp", "eventTime"), now)),
        At("Type", "type"),
        At("Reason", "reason"),
        Of("Object", item => InvolvedObject(item)),
        At("Subobject", "involvedObject.fieldPath").Wide(),
        Of("Source", item => Source(item)).Wide(),
        Of("Message", item => FirstOf(item, "message", "note").Trim()),
        new TableColumn("First Seen", (item, now) => HumanDuration.Since(FirstOf(item, "firstTimestamp", "deprecatedFirstTimestamp", "eventTime"), now)).Wide(),
        Count("Count", item => Math.Max(1, item.Number("count"))).Wide(),
        NameColumn.Wide(),
    ];

    private static IReadOnlyList<TableColumn> Services { get; } =
    [
        NameColumn,
        At("Type", "spec.type"),
        At("Cluster-IP", "spec.clusterIP", "<none>"),
        Of("External-IP", ExternalAddress),
        Of("Port(s)", Ports),
        Age,
        Of("Selector", item => Labels(item.Find("spec", "selector"))).Wide(),
    ];

    private static IReadOnlyList<TableColumn> Nodes { get; } =
    [
        NameColumn,
        Of("Status", NodeStatus),
        Of("Roles", NodeRoles),
        Age,
        At("Version", "status.nodeInfo.kubeletVersion"),
        Of("Internal-IP", item => NodeAddress(item, "InternalIP")).Wide(),
        Of("External-IP", item => NodeAddress(item, "ExternalIP")).Wide(),
        At("OS-Image", "status.nodeInfo.osImage", "<unknown>").Wide(),
        At("Kernel-Version", "status.nodeInfo.kernelVersion", "<unknown>").Wide(),
        At("Container-Runtime", "status.nodeInfo.containerRuntimeVersion", "<unknown>").Wide(),
    ];

    private static IReadOnlyList<TableColumn> Pods { get; } =
    [
        NameColumn,
        Of("Ready", item => $"{item.Items("status", "containerStatuses").Count(status => status.Flag("ready"))}/{item.Items("spec", "containers").Count}"),
        Of("Status", item => DeletionState.IsRequested(item) ? "Terminating" : item.Text("status", "reason") is { Length: > 0 } reason ? reason : item.Text("status", "phase")),
        Of("Restarts", item => item.Items("status", "containerStatuses").Sum(status => status.Number("restartCount")).ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Age,
        At("IP", "status.podIP", "<none>").Wide(),
        At("Node", "spec.nodeName", "<none>").Wide(),
        At("Nominated Node", "status.nominatedNodeName", "<none>").Wide(),
        Of("Readiness Gates", item => item.Items("spec", "readinessGates").Count is var gates and > 0 ? $"0/{gates}" : "<none>").Wide(),
    ];

    private static IReadOnlyList<TableColumn> Claims { get; } =
    [
        NameColumn,
        At("Status", "status.phase"),
        At("Volume", "spec.volumeName"),
        At("Capacity", "status.capacity.storage"),
        Of("Access Modes", item => AccessModes(item.Items("status", "accessModes"))),
        At("StorageClass", "spec.storageClassName"),
        At("VolumeAttributesClass", "spec.volumeAttributesClassName", "<unset>"),
        Age,
        At("VolumeMode", "spec.volumeMode", "<unset>").Wide(),
    ];

    private static IReadOnlyList<TableColumn> Volumes { get; } =
    [
        NameColumn,
        At("Capacity", "spec.capacity.storage"),
        Of("Access Modes", item => AccessModes(item.Items("spec", "accessModes"))),
        At("Reclaim Policy", "spec.persistentVolumeReclaimPolicy"),
        At("Status", "status.phase"),
        Of("Claim", item => item.Find("spec", "claimRef") is { } claim ? $"{claim.Text("namespace")}/{claim.Text("name")}" : ""),
        At("StorageClass", "spec.storageClassName"),
        At("VolumeAttributesClass", "spec.volumeAttributesClassName", "<unset>"),
        At("Reason", "status.reason"),
        Age,
        At("VolumeMode", "spec.volumeMode", "<unset>").Wide(),
    ];

    /// <summary>The containers and images of a Pod template.</summary>
    internal static TableColumn[] ContainerColumns(string path) =>
    [
        Of("Containers", item => Join(item, path, "name")),
        Of("Images", item => Join(item, path, "image")),
    ];

    internal static string Labels(JsonNode? labels) =>
        labels is JsonObject { Count: > 0 } map ? string.Join(',', map.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value.Text()}")) : "<none>";

    private static string Join(JsonObject item, string path, string field) =>
        string.Join(',', item.Find(path.Split('.')).Items("containers").Select(container => container.Text(field)));

    private static long Entries(JsonObject item) => (item["data"] as JsonObject)?.Count + (item["binaryData"] as JsonObject)?.Count
        ?? (item["data"] as JsonObject)?.Count ?? (item["binaryData"] as JsonObject)?.Count ?? 0;

    private static string FirstOf(JsonObject item, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            if (item.Text(field) is { Length: > 0 } text)
            {
                return text;
            }
        }

        return "";
    }

    private static string InvolvedObject(JsonObject item)
    {
        var about = item["involvedObject"] ?? item["regarding"];
        return about.Text("name").Length > 0 ? $"{about.Text("kind").ToLowerInvariant()}/{about.Text("name")}" : about.Text("kind").ToLowerInvariant();
    }

    private static string Source(JsonObject item)
    {
        var component = item.Text("source", "component") is { Length: > 0 } source ? source : item.Text("reportingComponent");
        return item.Text("source", "host") is { Length: > 0 } host ? $"{component}, {host}" : component;
    }

    private static string ExternalAddress(JsonObject item)
    {
        var addresses = item.Items("spec", "externalIPs").Select(address => address.Text());
        return item.Text("spec", "type") switch
        {
            "ExternalName" => item.Text("spec", "externalName"),
            "LoadBalancer" => Show(item.Items("status", "loadBalancer", "ingress").Select(ingress => ingress.Text("ip") + ingress.Text("hostname")).Concat(addresses), "<pending>"),
            _ => Show(addresses, "<none>"),
        };
    }

    private static string Show(IEnumerable<string> values, string otherwise) => string.Join(',', values) is { Length: > 0 } text ? text : otherwise;

    private static string Ports(JsonObject item) => Show(
        item.Items("spec", "ports").Select(port => port.TryNumber("nodePort") is { } node
            ? $"{port.Number("port")}:{node}/{port.Text("protocol")}"
            : $"{port.Number("port")}/{port.Text("protocol")}"),
        "<none>");

    private static string Endpoints(JsonObject item) => Show(
        item.Items("subsets").SelectMany(subset => subset.Items("addresses").SelectMany(address =>
            subset.Items("ports").Select(port => $"{address.Text("ip")}:{port.Number("port")}"))),
        "<none>");

    private static string NodeStatus(JsonObject item)
    {
        var ready = item.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == "Ready").Text("status") switch
        {
            "True" => "Ready",
            "" => "Unknown",
            _ => "NotReady",
        };
        return item.Flag("spec", "unschedulable") ? ready + ",SchedulingDisabled" : ready;
    }

    private static string NodeRoles(JsonObject item) => Show(
        (item.Find("metadata", "labels") as JsonObject ?? [])
        .Where(label => label.Key.StartsWith("node-role.kubernetes.io/", StringComparison.Ordinal))
        .Select(label => label.Key["node-role.kubernetes.io/".Length..]),
        "<none>");

    private static string NodeAddress(JsonObject item, string type) =>
        item.Items("status", "addresses").FirstOrDefault(address => address.Text("type") == type).Text("address") is { Length: > 0 } found ? found : "<none>";

    private static string AccessModes(JsonArray modes) => string.Join(',', modes.Select(mode => mode.Text() switch
    {
        "ReadWriteOnce" => "RWO",
        "ReadOnlyMany" => "ROX",
        "ReadWriteMany" => "RWX",
        "ReadWriteOncePod" => "RWOP",
        var other => other,
    }));

    private static string Quota(JsonObject item, bool isLimit) => string.Join(", ",
        (item.Find("status", "hard") as JsonObject ?? [])
        .Where(entry => entry.Key.StartsWith("limits", StringComparison.Ordinal) == isLimit)
        .Select(entry => $"{entry.Key}: {item.Text("status", "used", entry.Key)}/{entry.Value.Text()}"));
}
