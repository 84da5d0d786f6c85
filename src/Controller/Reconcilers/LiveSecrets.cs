using System.Text.Json.Nodes;

using SecretsOps.Controller.Options;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Watching;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>What is known of live Secrets without reading them: a metadata-only watch, or with <c>--skip-recreate</c> one request each.</summary>
internal sealed class LiveSecrets
{
    private static readonly string[] KeptAnnotations =
        [SealedSecretNames.Managed, SealedSecretNames.Patch, SealedSecretNames.SkipSetOwnerReferences];

    private readonly ApiClient _client;

    /// <summary>Watches the Secrets of those namespaces, unless recreation is switched off.</summary>
    public LiveSecrets(ApiClient client, IEnumerable<string> namespaces, ReconcileOptions options)
    {
        _client = client;
        Informers = options.SkipRecreate ? null : new NamespacedInformers(client, ApiResource.Secrets, namespaces, new InformerOptions
        {
            MetadataOnly = true,
            FieldSelector = "type!=helm.sh/release.v1", // many, large, and never made from a SealedSecret
            Transform = Essential,
        });
    }

    /// <summary>The watch, or null when there is none.</summary>
    public NamespacedInformers? Informers { get; }

    /// <summary>The version that is live now, as far as is known; unknown when there is no such Secret.</summary>
    public async Task<SecretVersion> VersionAsync(NamespacedName name, CancellationToken cancellationToken)
    {
        var live = Informers is null
            ? await _client.TryGetAsync(ApiResource.Secrets, name.Namespace, name.Name, cancellationToken)
            : Informers.TryGet(name);
        return live is null ? default : new SecretVersion(live.Uid, live.ResourceVersion);
    }

    /// <summary>Reads the Secret itself, past every cache.</summary>
    public Task<KubernetesObject?> ReadAsync(NamespacedName name, CancellationToken cancellationToken) =>
        _client.TryGetAsync(ApiResource.Secrets, name.Namespace, name.Name, cancellationToken);

    // Ten thousand Secrets of other people must not cost us their labels and annotations.
    private static KubernetesObject Essential(KubernetesObject secret)
    {
        var metadata = new JsonObject();
        foreach (var field in (ReadOnlySpan<string>)["name", "namespace", "uid", "resourceVersion", "ownerReferences"])
        {
            if (secret.Metadata[field] is { } value)
            {
                metadata[field] = value.DeepClone();
            }
        }

        var slim = new KubernetesObject(new JsonObject { ["metadata"] = metadata });
        foreach (var annotation in KeptAnnotations)
        {
            slim.SetAnnotation(annotation, secret.Annotation(annotation));
        }

        return slim;
    }
}
