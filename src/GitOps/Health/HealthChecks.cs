using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Health;

/// <summary>The built-in rules, one line per kind. A kind that is not listed has no health and does not count.</summary>
internal static class HealthChecks
{
    private const string HookFinalizer = "argocd.argoproj.io/hook-finalizer";

    private static readonly Dictionary<(string Group, string Kind), Func<KubernetesObject, HealthStatus?>> Checks = new()
    {
        [("apps", "Deployment")] = DeploymentHealth.Check,
        [("apps", "ReplicaSet")] = ReplicaSetHealth.Check,
        [("apps", "StatefulSet")] = StatefulSetHealth.Check,
        [("apps", "DaemonSet")] = DaemonSetHealth.Check,
        [("", "Service")] = ServiceHealth.Check,
        [("networking.k8s.io", "Ingress")] = IngressHealth.Check,
        [("extensions", "Ingress")] = IngressHealth.Check,
        [("", "PersistentVolumeClaim")] = PersistentVolumeClaimHealth.Check,
        [("batch", "Job")] = JobHealth.Check,
        [("", "Pod")] = PodHealth.Check,
        [("autoscaling", "HorizontalPodAutoscaler")] = HorizontalPodAutoscalerHealth.Check,
        [("apiregistration.k8s.io", "APIService")] = ApiServiceHealth.Check,
        [("argoproj.io", "Workflow")] = WorkflowHealth.Check,
        [("argoproj.io", "Application")] = ApplicationHealth.Check,
        [("bitnami.com", "SealedSecret")] = SealedSecretHealth.Check,
    };

    /// <summary>The health of a live object, or null for a kind without rules.</summary>
    public static HealthStatus? Check(KubernetesObject live)
    {
        if (live.IsBeingDeleted && !HasFinalizer(live, HookFinalizer))
        {
            return HealthStatus.Progressing("Pending deletion");
        }

        return Checks.TryGetValue((live.Gvk.Group, live.Kind), out var check) ? check(live) : null;
    }

    private static bool HasFinalizer(KubernetesObject live, string name) =>
        live.Json["metadata"]?["finalizers"] is JsonArray finalizers && finalizers.Any(finalizer => finalizer?.GetValue<string>() == name);
}
