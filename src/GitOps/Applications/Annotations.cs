namespace SecretsOps.GitOps.Applications;

/// <summary>The annotations, labels and finalizers that users of Argo CD know.</summary>
internal static class Annotations
{
    public const string Refresh = "argocd.argoproj.io/refresh";
    public const string SkipReconcile = "argocd.argoproj.io/skip-reconcile";
    public const string CompareOptions = "argocd.argoproj.io/compare-options";
    public const string TrackingId = "argocd.argoproj.io/tracking-id";
    public const string SyncOptions = "argocd.argoproj.io/sync-options";
    public const string SyncWave = "argocd.argoproj.io/sync-wave";
    public const string Hook = "argocd.argoproj.io/hook";
    public const string HookDeletePolicy = "argocd.argoproj.io/hook-delete-policy";
    public const string DeletionApproved = "argocd.argoproj.io/deletion-approved";
    public const string IgnoreHealthCheck = "argocd.argoproj.io/ignore-healthcheck";
    public const string HelmHook = "helm.sh/hook";
    public const string HelmHookWeight = "helm.sh/hook-weight";
    public const string HelmHookDeletePolicy = "helm.sh/hook-delete-policy";
    public const string HelmResourcePolicy = "helm.sh/resource-policy";
    public const string ManifestGeneratePaths = "argocd.argoproj.io/manifest-generate-paths";
    public const string Hydrate = "argocd.argoproj.io/hydrate";
    public const string Notified = "notified.notifications.argoproj.io";
    public const string ApplicationSetRefresh = "argocd.argoproj.io/application-set-refresh";
    public const string SecretType = "argocd.argoproj.io/secret-type";
    public const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>The label of the Secrets that hold decryption keys; its value must be <c>active</c>.</summary>
    public const string DecryptionKey = "secretsops.io/decryption-key";

    /// <summary>On hooks: which run of which operation created them, so that a restarted engine does not run them twice.</summary>
    public const string SyncId = "secretsops.io/sync-id";

    /// <summary>On Applications: <c>true</c> has the engine open SealedSecrets itself, for a cluster without a controller.</summary>
    public const string Unseal = "secretsops.io/unseal";

    /// <summary>On ApplicationSets: <c>true</c> lets a generation that yields nothing delete every Application of the set.</summary>
    public const string AllowEmpty = "secretsops.io/allow-empty";

    public const string ResourcesFinalizer = "resources-finalizer.argocd.argoproj.io";
    public const string PreDeleteFinalizer = "pre-delete-finalizer.argocd.argoproj.io";
    public const string PostDeleteFinalizer = "post-delete-finalizer.argocd.argoproj.io";
    public const string HookFinalizer = "argocd.argoproj.io/hook-finalizer";
}
