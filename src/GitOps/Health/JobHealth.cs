using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Health;

/// <summary>A Job is judged by its conditions: failed, complete, suspended or still running.</summary>
internal static class JobHealth
{
    public static HealthStatus Check(KubernetesObject live)
    {
        if (live.Condition("Failed") is { } failed)
        {
            return HealthStatus.Degraded(failed.Message());
        }

        if (live.Condition("Complete") is { } complete)
        {
            return new HealthStatus(HealthCode.Healthy, complete.Message());
        }

        // A resumed Job keeps the condition with status False; unlike Argo CD we say that it runs (argocd.md, quirks).
        return live.Condition("Suspended") is { } suspended && suspended.Status() == "True"
            ? new HealthStatus(HealthCode.Suspended, suspended.Message())
            : HealthStatus.Progressing("");
    }
}
