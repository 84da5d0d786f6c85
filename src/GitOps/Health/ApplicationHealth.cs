using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Health;

/// <summary>A child Application speaks for itself, so that waves work for an app of apps; Missing and Unknown are not passed on.</summary>
/// <remarks>Argo CD has had no such rule since 1.8; its users add the same one as a script (argocd.md, quirks).</remarks>
internal static class ApplicationHealth
{
    public static HealthStatus? Check(KubernetesObject live) => live.TextAt("status", "health", "status") switch
    {
        "Healthy" => HealthStatus.Healthy,
        "Progressing" or "" => HealthStatus.Progressing(live.TextAt("status", "health", "message")),
        "Suspended" => new HealthStatus(HealthCode.Suspended),
        "Degraded" => HealthStatus.Degraded(live.TextAt("status", "health", "message")),
        _ => null,
    };
}
