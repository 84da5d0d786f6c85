using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Health;

/// <summary>A SealedSecret is healthy when the controller unsealed it.</summary>
internal static class SealedSecretHealth
{
    public static HealthStatus Check(KubernetesObject live) => live.Condition("Synced") switch
    {
        null => HealthStatus.Healthy,
        { } synced when synced.Status() == "False" => HealthStatus.Degraded(synced.Message()),
        _ => HealthStatus.Healthy,
    };
}
