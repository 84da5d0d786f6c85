using SecretsOps.GitOps.Applications;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Applying;

/// <summary>When in a sync a task runs.</summary>
internal enum SyncPhase
{
    PreSync = -1,
    Sync = 0,
    PostSync = 1,
    SyncFail = 2,
}

/// <summary>The order of everything that a sync does: phase, wave, kind, name. The ranks of kinds are data.</summary>
internal static class ApplyOrder
{
    private static readonly string[] Kinds =
    [
        "Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodSecurityPolicy", "PodDisruptionBudget",
        "ServiceAccount", "Secret", "SecretList", "ConfigMap", "StorageClass", "PersistentVolume", "PersistentVolumeClaim",
        "CustomResourceDefinition", "ClusterRole", "ClusterRoleList", "ClusterRoleBinding", "ClusterRoleBindingList",
        "Role", "RoleList", "RoleBinding", "RoleBindingList", "Service", "DaemonSet", "Pod", "ReplicationController",
        "ReplicaSet", "Deployment", "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob", "IngressClass", "Ingress",
        "APIService",
    ];

    private static readonly Dictionary<string, int> Ranks = Kinds.Select((kind, rank) => (kind, rank)).ToDictionary(entry => entry.kind, entry => entry.rank);

    /// <summary>The wave of an object: <c>sync-wave</c>, else Helm's hook weight, else 0.</summary>
    public static int WaveOf(KubernetesObject value) =>
        Number(value.Annotation(Annotations.SyncWave)) ?? Number(value.Annotation(Annotations.HelmHookWeight)) ?? 0;

    public static int KindRank(string kind) => Ranks.GetValueOrDefault(kind, Kinds.Length);

    /// <summary>Compares two tasks; a Namespace or CRD was given the place of its first dependent before.</summary>
    public static int Compare(SyncTask left, SyncTask right)
    {
        var order = (left.Phase, left.Wave, KindRank(left.Key.Kind)).CompareTo((right.Phase, right.Wave, KindRank(right.Key.Kind)));
        order = order != 0 ? order : string.CompareOrdinal(left.Key.Kind, right.Key.Kind);
        return order != 0 ? order : string.CompareOrdinal(left.Key.Name, right.Key.Name);
    }

    private static int? Number(string? text) =>
        int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
}
