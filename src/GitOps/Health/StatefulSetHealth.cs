using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Health;

/// <summary>A StatefulSet is healthy when its pods are ready and rolled out as far as the partition allows.</summary>
internal static class StatefulSetHealth
{
    public static HealthStatus Check(KubernetesObject live)
    {
        var observed = live.NumberAt("status", "observedGeneration");
        if (observed == 0 || live.Generation > observed)
        {
            return HealthStatus.Progressing("Waiting for statefulset spec update to be observed...");
        }

        var ready = live.NumberAt("status", "readyReplicas");
        if (live.TryNumberAt("spec", "replicas") is { } wanted && ready < wanted)
        {
            return HealthStatus.Progressing($"Waiting for {wanted - ready} pods to be ready...");
        }

        if (live.At("spec", "updateStrategy", "rollingUpdate") is JsonObject && live.TextAt("spec", "updateStrategy", "type") is "" or "RollingUpdate")
        {
            return CheckPartition(live);
        }

        if (live.TextAt("spec", "updateStrategy", "type") == "OnDelete")
        {
            return new HealthStatus(HealthCode.Healthy, $"statefulset has {ready} ready pods");
        }

        var current = live.TextAt("status", "currentRevision");
        var update = live.TextAt("status", "updateRevision");
        return update != current
            ? HealthStatus.Progressing($"waiting for statefulset rolling update to complete {live.NumberAt("status", "updatedReplicas")} pods at revision {update}...")
            : new HealthStatus(HealthCode.Healthy, $"statefulset rolling update complete {live.NumberAt("status", "currentReplicas")} pods at revision {current}...");
    }

    // Compatibility: Argo CD calls a set with a rollingUpdate block and no partition healthy although revisions may still differ.
    private static HealthStatus CheckPartition(KubernetesObject live)
    {
        var updated = live.NumberAt("status", "updatedReplicas");
        var partition = live.TryNumberAt("spec", "updateStrategy", "rollingUpdate", "partition");
        if (partition is { } kept && live.TryNumberAt("spec", "replicas") is { } wanted && updated < wanted - kept)
        {
            return HealthStatus.Progressing($"Waiting for partitioned roll out to finish: {updated} out of {wanted - kept} new pods have been updated...");
        }

        return new HealthStatus(HealthCode.Healthy, $"partitioned roll out complete: {updated} new pods have been updated...");
    }
}
