using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Health;

/// <summary>A claim is as healthy as its phase says.</summary>
internal static class PersistentVolumeClaimHealth
{
    public static HealthStatus Check(KubernetesObject live) => new(live.TextAt("status", "phase") switch
    {
        "Lost" => HealthCode.Degraded,
        "Pending" => HealthCode.Progressing,
        "Bound" => HealthCode.Healthy,
        _ => HealthCode.Unknown,
    });
}
