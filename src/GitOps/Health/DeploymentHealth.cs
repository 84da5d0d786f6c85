using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Health;

/// <summary>A Deployment is healthy when the controller saw the latest spec and all replicas are updated and available.</summary>
internal static class DeploymentHealth
{
    public static HealthStatus Check(KubernetesObject live)
    {
        if (ObjectFields.Flag(live.At("spec", "paused")))
        {
            return new HealthStatus(HealthCode.Suspended, "Deployment is paused");
        }

        if (live.Generation > live.NumberAt("status", "observedGeneration"))
        {
            return HealthStatus.Progressing("Waiting for rollout to finish: observed deployment generation less than desired generation");
        }

        if (live.Condition("Progressing")?.Reason() == "ProgressDeadlineExceeded")
        {
            return HealthStatus.Degraded($"Deployment \"{live.Name}\" exceeded its progress deadline");
        }

        return CheckReplicas(live);
    }

    private static HealthStatus CheckReplicas(KubernetesObject live)
    {
        var desired = live.TryNumberAt("spec", "replicas");
        var updated = live.NumberAt("status", "updatedReplicas");
        var replicas = live.NumberAt("status", "replicas");
        var available = live.NumberAt("status", "availableReplicas");
        if (desired is { } wanted && updated < wanted)
        {
            return HealthStatus.Progressing($"Waiting for rollout to finish: {updated} out of {wanted} new replicas have been updated...");
        }

        if (replicas > updated)
        {
            return HealthStatus.Progressing($"Waiting for rollout to finish: {replicas - updated} old replicas are pending termination...");
        }

        return available < updated
            ? HealthStatus.Progressing($"Waiting for rollout to finish: {available} of {updated} updated replicas are available...")
            : HealthStatus.Healthy;
    }
}
