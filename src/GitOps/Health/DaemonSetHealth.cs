using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Health;

/// <summary>A DaemonSet is healthy when every node that should run its pod runs an updated, available one.</summary>
internal static class DaemonSetHealth
{
    public static HealthStatus Check(KubernetesObject live)
    {
        if (live.Generation > live.NumberAt("status", "observedGeneration"))
        {
            return HealthStatus.Progressing("Waiting for rollout to finish: observed daemon set generation less than desired generation");
        }

        var updated = live.NumberAt("status", "updatedNumberScheduled");
        var desired = live.NumberAt("status", "desiredNumberScheduled");
        var available = live.NumberAt("status", "numberAvailable");
        if (live.TextAt("spec", "updateStrategy", "type") == "OnDelete")
        {
            return new HealthStatus(HealthCode.Healthy, $"daemon set {updated} out of {desired} new pods have been updated");
        }

        if (updated < desired)
        {
            return HealthStatus.Progressing($"Waiting for daemon set \"{live.Name}\" rollout to finish: {updated} out of {desired} new pods have been updated...");
        }

        return available < desired
            ? HealthStatus.Progressing($"Waiting for daemon set \"{live.Name}\" rollout to finish: {available} of {desired} updated pods are available...")
            : HealthStatus.Healthy;
    }
}
