using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Health;

/// <summary>An autoscaler is healthy when it can scale and reads its metrics.</summary>
internal static class HorizontalPodAutoscalerHealth
{
    private const string ConditionsOfVersion1 = "autoscaling.alpha.kubernetes.io/conditions";

    private static readonly HashSet<string> ScaleFailures = ["FailedGetScale", "FailedUpdateScale"];

    private static readonly HashSet<string> MetricFailures =
    [
        "FailedGetResourceMetric", "FailedGetObjectMetric", "FailedGetPodsMetric", "FailedGetExternalMetric",
        "FailedComputeMetricsReplicas", "InvalidSelector",
    ];

    public static HealthStatus Check(KubernetesObject live)
    {
        List<JsonObject> conditions = [.. live.Gvk.Version == "v1" ? FromAnnotation(live) : live.ObjectsAt("status", "conditions")];
        if (conditions.FirstOrDefault(IsFailure) is { } failure)
        {
            return HealthStatus.Degraded(failure.Message());
        }

        var working = conditions.FirstOrDefault(condition =>
            condition.Status() == "True" && ObjectFields.Text(condition["type"]) is "AbleToScale" or "ScalingLimited");
        return working is not null && working.Status() == "True"
            ? new HealthStatus(HealthCode.Healthy, working.Message())
            : HealthStatus.Progressing("Waiting to Autoscale");
    }

    private static bool IsFailure(JsonObject condition) => ObjectFields.Text(condition["type"]) switch
    {
        "AbleToScale" => ScaleFailures.Contains(condition.Reason()),
        "ScalingActive" => MetricFailures.Contains(condition.Reason()),
        _ => false,
    };

    private static IEnumerable<JsonObject> FromAnnotation(KubernetesObject live)
    {
        try
        {
            return live.Annotation(ConditionsOfVersion1) is { } text ? ObjectFields.Objects(JsonNode.Parse(text)) : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
