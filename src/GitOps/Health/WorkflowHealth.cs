using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Health;

/// <summary>An Argo Workflow is as healthy as its phase says.</summary>
internal static class WorkflowHealth
{
    public static HealthStatus Check(KubernetesObject live) => new(
        live.TextAt("status", "phase") switch
        {
            "" or "Pending" or "Running" => HealthCode.Progressing,
            "Succeeded" => HealthCode.Healthy,
            "Failed" or "Error" => HealthCode.Degraded,
            _ => HealthCode.Unknown,
        },
        live.TextAt("status", "message"));
}
