using SecretsOps.SealedSecrets;

namespace SecretsOps.Controller.Options;

using ControllerFlag = Flag<ControllerOptions>;

/// <summary>The controller's flags, upstream's first (reference 4.1) and ours after them.</summary>
internal static class ControllerFlags
{
    /// <summary>Every flag, as data.</summary>
    public static IReadOnlyList<ControllerFlag> All { get; } = [.. Keys, .. Watching, .. Http, .. Logging, .. Ours];

    /// <summary>Reads a command line.</summary>
    /// <exception cref="FlagException">The command line is not understood.</exception>
    public static ControllerOptions Parse(IReadOnlyList<string> arguments, Func<string, string?> environment, ControllerOptions defaults)
    {
        var options = Set.Parse(arguments, environment, defaults);
        if (KeyPrefix.Refusal(options.Keys.Prefix) is { } refusal)
        {
            throw new FlagException(refusal);
        }

        return options;
    }

    /// <summary>The help text.</summary>
    public static string Usage() => Set.Usage();

    private static FlagSet<ControllerOptions> Set => new("controller", All);

    private static IReadOnlyList<ControllerFlag> Keys =>
    [
        Text("key-prefix", "sealed-secrets-key", "Prefix used to name keys.", (o, v) => o with { Keys = o.Keys with { Prefix = v } }),
        Text("key-size", "4096", "Size of encryption key.", (o, v) => o with { Keys = o.Keys with { Size = GoText.Integer(v) } }),
        Text("key-ttl", "87600h0m0s", "Duration that certificate is valid for.", (o, v) => o with { Keys = o.Keys with { Validity = GoText.Duration(v) } }),
        Text("my-cn", "", "Common name to be used as issuer/subject DN in generated certificate.", (o, v) => o with { Keys = o.Keys with { CommonName = v } }),
        Text("key-renew-period", "720h0m0s", "New key generation period (automatic rotation disabled if 0).", (o, v) => o with { Keys = o.Keys with { RenewPeriod = GoText.Duration(v) } }),
        Text("rotate-period", "", "Deprecated: use --key-renew-period.", (o, v) => o with { Keys = o.Keys with { RenewPeriod = GoText.Duration(v) } }),
        Text("key-order-priority", "CertNotBefore", "Which time orders keys: CertNotBefore or SecretCreationTimestamp.", (o, v) => o with { Keys = o.Keys with { OrderPriority = v } }),
        Text("key-cutoff-time", "", "Create a new key if the latest one is older than this time (RFC 1123 with numeric zone, as 'date -R' prints).", (o, v) => o with { Keys = o.Keys with { CutoffTime = GoText.Rfc1123(v) } }),
        Text("privatekey-annotations", "", "Annotations for sealing key Secrets (comma-separated key=value).", (o, v) => o with { Keys = o.Keys with { Annotations = GoText.Pairs(v) } }),
        Text("privatekey-labels", "", "Labels for sealing key Secrets (comma-separated key=value).", (o, v) => o with { Keys = o.Keys with { Labels = GoText.Pairs(v) } }),
        Switch("watch-for-secrets", "false", "Accepted; key Secrets are always watched (added, changed, relabelled, deleted).", (o, _) => o),
    ];

    private static IReadOnlyList<ControllerFlag> Watching =>
    [
        Switch("accept-deprecated-v1-data", "true", "Accept deprecated V1 data field.", (o, v) => o with { Reconcile = o.Reconcile with { AcceptLegacyData = v } }),
        Switch("all-namespaces", "true", "Scan all namespaces or only the current namespace.", (o, v) => o with { Reconcile = o.Reconcile with { AllNamespaces = v } }),
        Text("additional-namespaces", "", "Comma-separated list of additional namespaces to be scanned.", (o, v) => o with { Reconcile = o.Reconcile with { AdditionalNamespaces = GoText.List(v) } }),
        Text("label-selector", "", "Label selector which can be used to filter sealed secrets.", (o, v) => o with { Reconcile = o.Reconcile with { LabelSelector = v } }),
        Switch("old-gc-behavior", "false", "Delete the Secret of a deleted SealedSecret without relying on the cluster's garbage collection.", (o, v) => o with { Reconcile = o.Reconcile with { OldGarbageCollection = v } }),
        Switch("update-status", "true", "Update the status subresource of SealedSecrets.", (o, v) => o with { Reconcile = o.Reconcile with { UpdateStatus = v } }),
        Switch("skip-recreate", "false", "Do not watch Secrets, nor make deleted ones anew.", (o, v) => o with { Reconcile = o.Reconcile with { SkipRecreate = v } }),
        Accepted("max-unseal-retries", "5", "Accepted; a failing object is tried again for ever, ever less often."),
        Text("kubeclient-qps", "5", "Most requests per second to the API server; obeyed where it is given, without it there is no limit. 0 means 5, a negative number no limit.", (o, v) => o with { RequestsPerSecond = GoText.Number(v) }),
        Text("kubeclient-burst", "10", "Requests to the API server at once, where --kubeclient-qps is given.", (o, v) => o with { RequestBurst = GoText.Integer(v) }),
    ];

    private static IReadOnlyList<ControllerFlag> Http =>
    [
        Text("listen-addr", ":8080", "HTTP serving address.", (o, v) => o with { Http = o.Http with { ListenAddress = v } }),
        Text("listen-metrics-addr", ":8081", "HTTP metrics serving address.", (o, v) => o with { Http = o.Http with { MetricsListenAddress = v } }),
        Text("read-timeout", "2m0s", "HTTP request timeout.", (o, v) => o with { Http = o.Http with { ReadTimeout = GoText.Duration(v) } }),
        Text("write-timeout", "2m0s", "HTTP response timeout.", (o, v) => o with { Http = o.Http with { WriteTimeout = GoText.Duration(v) } }),
        Text("rate-limit", "2", "Number of allowed sustained requests per second for verify and rotate (0: no limit).", (o, v) => o with { Http = o.Http with { RateLimit = GoText.Integer(v) } }),
        Text("rate-limit-burst", "2", "Number of requests allowed to exceed the rate limit per second for verify and rotate.", (o, v) => o with { Http = o.Http with { RateLimitBurst = GoText.Integer(v) } }),
        Switch("metrics-omit-secret-labels", "false", "Leave out the condition_info metric, which names SealedSecrets.", (o, v) => o with { Http = o.Http with { OmitSecretLabels = v } }),
    ];

    private static IReadOnlyList<ControllerFlag> Logging =>
    [
        Switch("log-info-stdout", "true", "Log up to INFO on stdout and above on stderr; false logs everything on stderr.", (o, v) => o with { Log = o.Log with { InfoToStdout = v } }),
        Text("log-level", "INFO", "Log level (DEBUG, INFO, WARN or ERROR).", (o, v) => o with { Log = o.Log with { Level = v } }),
        Text("log-format", "text", "Log format (text or json).", (o, v) => o with { Log = o.Log with { Format = v } }),
        Accepted("v", "0", "Accepted for klog's sake."),
        Switch("version", "false", "Print version information and exit.", (o, v) => o with { IsVersionAsked = v }),
        Switch("help", "false", "Print this text and exit.", (o, v) => o with { IsHelpAsked = v }),
    ];

    private static IReadOnlyList<ControllerFlag> Ours =>
    [
        Switch("sealing", "true", "Unseal SealedSecrets.", (o, v) => o with { IsSealingOn = v }),
        Switch("sync-engine", "true", "Synchronise Applications.", (o, v) => o with { IsSyncEngineOn = v }),
        Switch("sops-secrets", "true", "Decrypt SopsSecrets.", (o, v) => o with { IsSopsSecretsOn = v }),
        Text("default-decryption-service-account", "", "Service account, in each Application's or SopsSecret's namespace, whose cloud identity decrypts where the object names none.", (o, v) => o with { Decryption = o.Decryption with { DefaultServiceAccount = v } }),
        Switch("default-enforce-ownership", "false", "Let SopsSecrets take over Secrets of the same name unless spec.enforceOwnership says no.", (o, v) => o with { Decryption = o.Decryption with { EnforcesOwnership = v } }),
        Text("requeue-decrypt-after", "5", "Minutes after which a SopsSecret is looked at again.", (o, v) => o with { Decryption = o.Decryption with { RequeueAfter = TimeSpan.FromMinutes(GoText.Integer(v)) } }),
        Text("watch-namespace", "", "Comma-separated namespaces whose SopsSecrets are decrypted (default: all).", (o, v) => o with { Decryption = o.Decryption with { WatchedNamespaces = GoText.List(v) } }),
        Text("applications-namespace", "argocd", "Namespace of the Applications.", (o, v) => o with { ApplicationsNamespace = v }),
        Text("plugins", "", "Folder of plug-in declarations (plugin.yaml), one folder each, that Applications may render with.", (o, v) => o with { PluginFolder = v }),
        Switch("submodules", "true", "Follow the submodules of Git repositories.", (o, v) => o with { FollowsSubmodules = v }),
        Switch("unseal-for-applications", "false", "Grant the sync engine the sealing keys: it opens SealedSecrets of Applications annotated secretsops.io/unseal=true and applies them as Secrets.", (o, v) => o with { UnsealsForApplications = v }),
        Text("kubeconfig", "", "Kubeconfig file (default: in-cluster, then KUBECONFIG, then ~/.kube/config).", (o, v) => o with { Kubeconfig = v }),
        Text("context", "", "Context of the kubeconfig.", (o, v) => o with { Context = v }),
        Text("namespace", "", "The controller's own namespace (default: POD_NAMESPACE, the service account's, kube-system outside a Pod).", (o, v) => o with { OwnNamespace = v }),
        Switch("repair-drift", "false", "Put right what others change in an owned Secret.", (o, v) => o with { Reconcile = o.Reconcile with { RepairDrift = v } }),
        Switch("replace-immutable", "false", "Delete and make anew an owned Secret whose type or immutability forbids the update.", (o, v) => o with { Reconcile = o.Reconcile with { ReplaceImmutable = v } }),
        Text("resync-period", "1h0m0s", "How often every object is looked at again (0: never).", (o, v) => o with { Reconcile = o.Reconcile with { ResyncPeriod = GoText.Duration(v) } }),
        Text("max-retry-delay", "5m0s", "Longest wait between two tries of a failing object.", (o, v) => o with { Reconcile = o.Reconcile with { MaxRetryDelay = GoText.Duration(v) } }),
        Text("workers", "0", "Objects handled at once (0: one per core, two at least).", (o, v) => o with { Reconcile = o.Reconcile with { Workers = GoText.Integer(v) } }),
        Switch("leader-elect", "true", "Elect one replica to write; the others serve HTTP and wait.", (o, v) => o with { Replica = o.Replica with { ElectLeader = v } }),
        Text("leader-elect-lease-duration", "15s", "How long a silent leader stays leader.", (o, v) => o with { Replica = o.Replica with { LeaseDuration = GoText.Duration(v) } }),
        Text("key-expiry-warning", "720h0m0s", "How long before the active certificate expires a warning is given.", (o, v) => o with { Keys = o.Keys with { ExpiryWarning = GoText.Duration(v) } }),
        Text("key-protection", "", "Comma-separated KMS or Vault keys, TYPE:KEY, that wrap new private sealing keys; any one opens them.", (o, v) => o with { Keys = o.Keys with { Protection = [.. GoText.List(v).Select(MasterKeyReference.Parse)] } }),
        Switch("authenticate-callers", "false", "Demand a bearer token that the API server accepts for verify and rotate.", (o, v) => o with { Http = o.Http with { AuthenticateCallers = v } }),
        Text("max-body-bytes", "4194304", "Largest request body read.", (o, v) => o with { Http = o.Http with { MaxBodyBytes = GoText.Integer(v) } }),
    ];

    private static ControllerFlag Text(string name, string initial, string help, Func<ControllerOptions, string, ControllerOptions> set) =>
        new(name, initial, help, set);

    private static ControllerFlag Switch(string name, string initial, string help, Func<ControllerOptions, bool, ControllerOptions> set) =>
        new(name, initial, help, (options, text) => set(options, GoText.Boolean(text))) { IsSwitch = true };

    // Compatibility: numbers that upstream needs and we do not are still checked, so that a typing error is found.
    private static ControllerFlag Accepted(string name, string initial, string help) => new(name, initial, help, static (options, text) =>
    {
        _ = GoText.Number(text);
        return options;
    });
}
