using SecretsOps.KeyManagement;

namespace SecretsOps.Controller.Options;

/// <summary>Everything the command line decides; the defaults are upstream's (docs/reference/controller-flags.md).</summary>
internal sealed record ControllerOptions
{
    public KeyOptions Keys { get; init; } = new();

    public ReconcileOptions Reconcile { get; init; } = new();

    public HttpOptions Http { get; init; } = new();

    public LogOptions Log { get; init; } = new();

    public ReplicaOptions Replica { get; init; } = new();

    /// <summary>Whether SealedSecrets are unsealed, keys renewed and the certificate served.</summary>
    public bool IsSealingOn { get; init; } = true;

    /// <summary>Whether Applications are synchronised.</summary>
    public bool IsSyncEngineOn { get; init; } = true;

    /// <summary>Whether SopsSecrets (isindir.github.com) are decrypted.</summary>
    public bool IsSopsSecretsOn { get; init; } = true;

    public DecryptionOptions Decryption { get; init; } = new();

    /// <summary>Where Applications live.</summary>
    public string ApplicationsNamespace { get; init; } = "argocd";

    /// <summary>Whether the engine may open SealedSecrets of Applications that ask for it, with the sealing keys.</summary>
    public bool UnsealsForApplications { get; init; }

    /// <summary>Where plug-in declarations lie, one folder each; empty for none.</summary>
    public string PluginFolder { get; init; } = "";

    /// <summary>Whether submodules of Git repositories are followed.</summary>
    public bool FollowsSubmodules { get; init; } = true;

    /// <summary>A kubeconfig file; empty means in-cluster, then the default file.</summary>
    public string Kubeconfig { get; init; } = "";

    /// <summary>The context of the kubeconfig; empty means its current one.</summary>
    public string Context { get; init; } = "";

    /// <summary>The controller's own namespace; empty means POD_NAMESPACE, the service account's, then <c>kube-system</c> outside a Pod.</summary>
    public string OwnNamespace { get; init; } = "";

    /// <summary>Most requests per second to the API server, as <c>--kubeclient-qps</c> gave it; null means no limit of our own.</summary>
    public double? RequestsPerSecond { get; init; }

    /// <summary>Requests at once; 0 means client-go's 10.</summary>
    public int RequestBurst { get; init; }

    /// <summary>Whether only the version is asked for.</summary>
    public bool IsVersionAsked { get; init; }

    /// <summary>Whether only the help text is asked for.</summary>
    public bool IsHelpAsked { get; init; }
}

/// <summary>How sealing keys are found, ordered, made and renewed (reference 1.4 and 1.5).</summary>
internal sealed record KeyOptions
{
    public string Prefix { get; init; } = "sealed-secrets-key";

    public int Size { get; init; } = 4096;

    public TimeSpan Validity { get; init; } = TimeSpan.FromHours(87600);

    public string CommonName { get; init; } = "";

    /// <summary>Zero turns renewal by time off.</summary>
    public TimeSpan RenewPeriod { get; init; } = TimeSpan.FromHours(720);

    /// <summary><c>CertNotBefore</c> or <c>SecretCreationTimestamp</c>; anything else behaves as the first.</summary>
    public string OrderPriority { get; init; } = "CertNotBefore";

    public DateTimeOffset? CutoffTime { get; init; }

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>How long before the active certificate expires a warning is given.</summary>
    public TimeSpan ExpiryWarning { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The KMS or Vault keys that wrap new private keys (<c>--key-protection</c>), any one of which opens them; none keeps them as upstream does.</summary>
    public IReadOnlyList<MasterKey> Protection { get; init; } = [];
}

/// <summary>Which objects are looked at, and how hard.</summary>
internal sealed record ReconcileOptions
{
    public bool AllNamespaces { get; init; } = true;

    public IReadOnlyList<string> AdditionalNamespaces { get; init; } = [];

    public string LabelSelector { get; init; } = "";

    public bool AcceptLegacyData { get; init; } = true;

    public bool OldGarbageCollection { get; init; }

    public bool UpdateStatus { get; init; } = true;

    public bool SkipRecreate { get; init; }

    /// <summary>Whether a hand-made change of an owned Secret is put right.</summary>
    public bool RepairDrift { get; init; }

    /// <summary>Whether an immutable or differently typed Secret may be deleted and made anew.</summary>
    public bool ReplaceImmutable { get; init; }

    /// <summary>How often every object is looked at again although nothing happened.</summary>
    public TimeSpan ResyncPeriod { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest wait between two tries of an object that fails.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Parallel reconciles; 0 means one per core, two at least.</summary>
    public int Workers { get; init; }
}

/// <summary>The two HTTP listeners.</summary>
internal sealed record HttpOptions
{
    public string ListenAddress { get; init; } = ":8080";

    public string MetricsListenAddress { get; init; } = ":8081";

    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromMinutes(2);

    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMinutes(2);

    public int RateLimit { get; init; } = 2;

    public int RateLimitBurst { get; init; } = 2;

    /// <summary>The largest request body read: well above the largest object an API server stores.</summary>
    public int MaxBodyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Whether callers must show a token that the API server accepts and allows.</summary>
    public bool AuthenticateCallers { get; init; }

    public bool OmitSecretLabels { get; init; }
}

/// <summary>What is logged, how and where.</summary>
internal sealed record LogOptions
{
    /// <summary><c>text</c> (logfmt) or <c>json</c>.</summary>
    public string Format { get; init; } = "text";

    /// <summary>slog's names: DEBUG, INFO, WARN, ERROR.</summary>
    public string Level { get; init; } = "INFO";

    /// <summary>Whether information goes to stdout (warnings and errors always go to stderr).</summary>
    public bool InfoToStdout { get; init; } = true;
}

/// <summary>Leader election among replicas.</summary>
internal sealed record ReplicaOptions
{
    public bool ElectLeader { get; init; } = true;

    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>This replica's name in the Lease; empty means the host's name and a random suffix.</summary>
    public string Identity { get; init; } = "";
}

/// <summary>How files and SopsSecrets are opened.</summary>
internal sealed record DecryptionOptions
{
    /// <summary>The service account, in each object's own namespace, whose identity is used where the object names none; empty for none.</summary>
    public string DefaultServiceAccount { get; init; } = "";

    /// <summary>Whether a SopsSecret that says nothing takes over a Secret of the same name.</summary>
    public bool EnforcesOwnership { get; init; }

    /// <summary>How long after a SopsSecret was handled it is looked at again.</summary>
    public TimeSpan RequeueAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The namespaces whose SopsSecrets count; all when empty.</summary>
    public IReadOnlyList<string> WatchedNamespaces { get; init; } = [];
}
