using SecretsOps.GitOps.Decryption;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Engine;

/// <summary>How the sync engine runs; every value has a default that suits one cluster.</summary>
public sealed record EngineOptions
{
    /// <summary>Where Applications and AppProjects live.</summary>
    public string ControlNamespace { get; init; } = "argocd";

    /// <summary>Further namespaces whose Applications count, as globs; their projects must allow them too.</summary>
    public IReadOnlyList<string> ApplicationNamespaces { get; init; } = [];

    /// <summary>Where the Secrets labelled <c>secretsops.io/decryption-key: active</c> are looked for: the controller's own namespace.</summary>
    public string KeyNamespace { get; init; } = "kube-system";

    /// <summary>The keys of one Application beside those for all: its namespace's Secret, a service account's identity, the process's own.</summary>
    public Func<KubernetesObject, CancellationToken, Task<ObjectKeys>>? KeysOf { get; init; }

    /// <summary>Folder for local copies of repositories: ciphertext, as Git has it.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>The PATH in which git, helm, kustomize and jq are looked up, once.</summary>
    public string SearchPath { get; init; } = "/usr/local/bin:/usr/bin:/bin";

    /// <summary>How often each repository is asked for new commits.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Whether Git submodules are followed.</summary>
    public bool FollowsSubmodules { get; init; } = true;

    /// <summary>How long an unreachable repository leaves the last comparison standing.</summary>
    public TimeSpan RepositoryGracePeriod { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How many Applications are worked on at once.</summary>
    public int Workers { get; init; } = 16;

    /// <summary>How Applications are shared with other replicas; null for a replica that works alone.</summary>
    public SharingOptions? Sharing { get; init; }

    /// <summary>Environment variables by name: credential plugins of clusters are found in its <c>PATH</c>. Nothing by default.</summary>
    public Func<string, string?> EnvironmentVariable { get; init; } = _ => null;

    /// <summary>Opens objects that are still encrypted after rendering; none by default.</summary>
    public IReadOnlyList<IManifestDecryptor> ManifestDecryptors { get; init; } = [];

    /// <summary>Where plug-in declarations (<c>plugin.yaml</c>) lie, one folder each; empty for none.</summary>
    public string PluginFolder { get; init; } = "";
}
