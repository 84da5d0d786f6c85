using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Health;

/// <summary>An Ingress is healthy once a load balancer gave it an address.</summary>
internal static class IngressHealth
{
    public static HealthStatus Check(KubernetesObject live) =>
        live.ObjectsAt("status", "loadBalancer", "ingress").Any() ? HealthStatus.Healthy : HealthStatus.Progressing("");
}
