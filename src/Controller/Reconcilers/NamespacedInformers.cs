using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Watching;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>One informer per watched namespace, seen as one; a single one with an empty namespace watches all.</summary>
internal sealed class NamespacedInformers
{
    private readonly Dictionary<string, Informer> _byNamespace;

    /// <summary>Makes the informers; they do nothing before <see cref="RunAsync"/>.</summary>
    public NamespacedInformers(ApiClient client, ApiResource resource, IEnumerable<string> namespaces, InformerOptions options)
    {
        _byNamespace = namespaces.ToDictionary(name => name, name => new Informer(client, resource, options with { Namespace = name }), StringComparer.Ordinal);
    }

    /// <summary>Tells of each change; see <see cref="Informer.Changed"/>.</summary>
    public event Action<ObjectChange> Changed
    {
        add
        {
            foreach (var informer in _byNamespace.Values)
            {
                informer.Changed += value;
            }
        }

        remove
        {
            foreach (var informer in _byNamespace.Values)
            {
                informer.Changed -= value;
            }
        }
    }

    /// <summary>Whether every cache is filled.</summary>
    public bool IsSynced => _byNamespace.Values.All(informer => informer.IsSynced);

    /// <summary>Why something is not being followed, or null.</summary>
    public Exception? LastError => _byNamespace.Values.Select(informer => informer.LastError).FirstOrDefault(error => error is not null);

    /// <summary>A fresh copy of a cached object, or null.</summary>
    public KubernetesObject? TryGet(NamespacedName name) => For(name)?.TryGet(name);

    /// <summary>Every cached name.</summary>
    public IReadOnlyList<NamespacedName> Names() => [.. _byNamespace.Values.SelectMany(informer => informer.Snapshot()).Select(entry => entry.Key)];

    /// <summary>Waits until every cache is filled.</summary>
    public Task WaitForSyncAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_byNamespace.Values.Select(informer => informer.WaitForSyncAsync(cancellationToken)));

    /// <summary>Follows until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_byNamespace.Values.Select(informer => informer.RunAsync(cancellationToken)));

    private Informer? For(NamespacedName name) =>
        _byNamespace.GetValueOrDefault(name.Namespace) ?? _byNamespace.GetValueOrDefault("");
}
