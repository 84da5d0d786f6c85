using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Health;

/// <summary>A Service waits only where a load balancer must give it an address.</summary>
internal static class ServiceHealth
{
    public static HealthStatus Check(KubernetesObject live) =>
        live.TextAt("spec", "type") != "LoadBalancer" || live.ObjectsAt("status", "loadBalancer", "ingress").Any()
            ? HealthStatus.Healthy
            : HealthStatus.Progressing("");
}
