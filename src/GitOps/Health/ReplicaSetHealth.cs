using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Health;

/// <summary>A ReplicaSet is healthy when all wanted replicas are available.</summary>
internal static class ReplicaSetHealth
{
    public static HealthStatus Check(KubernetesObject live)
    {
        if (live.Generation > live.NumberAt("status", "observedGeneration"))
        {
            return HealthStatus.Progressing("Waiting for rollout to finish: observed replica set generation less than desired generation");
        }

        if (live.Condition("ReplicaFailure") is { } failure && failure.Status() == "True")
        {
            return HealthStatus.Degraded(failure.Message());
        }

        var available = live.NumberAt("status", "availableReplicas");
        return live.TryNumberAt("spec", "replicas") is { } wanted && available < wanted
            ? HealthStatus.Progressing($"Waiting for rollout to finish: {available} out of {wanted} new replicas are available...")
            : HealthStatus.Healthy;
    }
}
