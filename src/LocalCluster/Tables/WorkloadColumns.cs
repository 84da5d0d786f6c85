using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Resources;
using static SecretsOps.LocalCluster.Tables.TableColumn;

namespace SecretsOps.LocalCluster.Tables;

/// <summary>The columns of the kinds that run Pods.</summary>
internal static class WorkloadColumns
{
    private static readonly TableColumn[] Template =
    [
        .. CoreColumns.ContainerColumns("spec.template.spec").Select(column => column.Wide()),
        Of("Selector", item => Selector(item.Find("spec", "selector"))).Wide(),
    ];

    internal static IReadOnlyList<TableColumn> ReplicationController { get; } =
    [
        NameColumn, Count("Desired", Replicas), Count("Current", item => item.Number("status", "replicas")),
        Count("Ready", item => item.Number("status", "readyReplicas")), Age, .. Template,
    ];

    internal static IReadOnlyList<TableColumn>? For(string qualifiedPlural) => qualifiedPlural switch
    {
        "deployments.apps" =>
        [
            NameColumn, Of("Ready", Ready), Count("Up-to-date", item => item.Number("status", "updatedReplicas")),
            Count("Available", item => item.Number("status", "availableReplicas")), Age, .. Template,
        ],
        "replicasets.apps" => ReplicationController,
        "statefulsets.apps" => [NameColumn, Of("Ready", Ready), Age, .. Template[..2]],
        "daemonsets.apps" => DaemonSet,
        "jobs.batch" => Jobs,
        "cronjobs.batch" => CronJobs,
        "controllerrevisions.apps" =>
        [
            NameColumn,
            Of("Controller", item => item.Items("metadata", "ownerReferences").FirstOrDefault(owner => owner.Flag("controller")) is { } owner
                ? $"{Kubernetes.Objects.GroupVersionKind.Parse(owner.Text("apiVersion"), owner.Text("kind")).Kind.ToLowerInvariant()}.{owner.Text("apiVersion").Split('/')[0]}/{owner.Text("name")}"
                : "<none>"),
            Count("Revision", item => item.Number("revision")), Age,
        ],
        _ => null,
    };

    private static IReadOnlyList<TableColumn> DaemonSet { get; } =
    [
        NameColumn,
        Count("Desired", item => item.Number("status", "desiredNumberScheduled")),
        Count("Current", item => item.Number("status", "currentNumberScheduled")),
        Count("Ready", item => item.Number("status", "numberReady")),
        Count("Up-to-date", item => item.Number("status", "updatedNumberScheduled")),
        Count("Available", item => item.Number("status", "numberAvailable")),
        Of("Node Selector", item => CoreColumns.Labels(item.Find("spec", "template", "spec", "nodeSelector"))),
        Age,
        .. Template,
    ];

    private static IReadOnlyList<TableColumn> Jobs { get; } =
    [
        NameColumn,
        Of("Status", JobStatus),
        Of("Completions", item => $"{item.Number("status", "succeeded")}/{item.TryNumber("spec", "completions") ?? 1}"),
        new("Duration", JobDuration),
        Age,
        .. Template,
    ];

    private static IReadOnlyList<TableColumn> CronJobs { get; } =
    [
        NameColumn,
        At("Schedule", "spec.schedule"),
        At("Timezone", "spec.timeZone", "<none>"),
        Of("Suspend", item => item.Flag("spec", "suspend") ? "True" : "False"),
        Count("Active", item => item.Items("status", "active").Count),
        new("Last Schedule", (item, now) => item.Text("status", "lastScheduleTime") is { Length: > 0 } last ? HumanDuration.Since(last, now) : "<none>"),
        Age,
        .. CoreColumns.ContainerColumns("spec.jobTemplate.spec.template.spec").Select(column => column.Wide()),
        Of("Selector", item => Selector(item.Find("spec", "jobTemplate", "spec", "selector"))).Wide(),
    ];

    private static long Replicas(JsonObject item) => item.TryNumber("spec", "replicas") ?? 1;

    private static string Ready(JsonObject item) => $"{item.Number("status", "readyReplicas")}/{Replicas(item)}";

    private static string Selector(JsonNode? selector)
    {
        var labels = selector is JsonObject map && map["matchLabels"] is { } matched ? matched : selector.Find("matchExpressions") is null ? selector : null;
        return CoreColumns.Labels(labels);
    }

    private static string JobStatus(JsonObject item)
    {
        bool Has(string type) => item.Items("status", "conditions").Any(condition => condition.Text("type") == type && condition.Text("status") == "True");
        return Has("Complete") ? "Complete"
            : Has("Failed") ? "Failed"
            : DeletionState.IsRequested(item) ? "Terminating"
            : Has("Suspended") ? "Suspended"
            : Has("FailureTarget") ? "FailureTarget"
            : Has("SuccessCriteriaMet") ? "SuccessCriteriaMet"
            : "Running";
    }

    private static JsonNode? JobDuration(JsonObject item, DateTimeOffset now)
    {
        var started = item.Text("status", "startTime");
        var ended = item.Text("status", "completionTime");
        return started.Length == 0 ? ""
            : ended.Length == 0 ? HumanDuration.Since(started, now)
            : HumanDuration.Since(started, DateTimeOffset.Parse(ended, System.Globalization.CultureInfo.InvariantCulture));
    }
}
