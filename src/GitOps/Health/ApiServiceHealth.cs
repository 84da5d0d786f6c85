using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Health;

/// <summary>An APIService is healthy when its condition Available is true.</summary>
internal static class ApiServiceHealth
{
    public static HealthStatus Check(KubernetesObject live)
    {
        if (live.Condition("Available") is not { } available)
        {
            return HealthStatus.Progressing("Waiting to be processed");
        }

        var message = $"{available.Reason()}: {available.Message()}";
        return available.Status() == "True" ? new HealthStatus(HealthCode.Healthy, message) : HealthStatus.Progressing(message);
    }
}
