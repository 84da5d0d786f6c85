using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Reconciling;

namespace SecretsOps.Kubernetes.Watching;

/// <summary>What an informer watches and keeps.</summary>
public sealed record InformerOptions
{
    /// <summary>One namespace, or empty for all.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Label selector as kubectl writes it, or empty.</summary>
    public string LabelSelector { get; init; } = "";

    /// <summary>Field selector as kubectl writes it, or empty.</summary>
    public string FieldSelector { get; init; } = "";

    /// <summary>Fetch and keep metadata alone.</summary>
    public bool MetadataOnly { get; init; }

    /// <summary>Keep <c>metadata.managedFields</c>, which is dropped otherwise.</summary>
    public bool KeepManagedFields { get; init; }

    /// <summary>Cuts an object down before it is kept, to save memory; it must leave <c>metadata</c> in place.</summary>
    public Func<KubernetesObject, KubernetesObject>? Transform { get; init; }

    /// <summary>Waits between failed attempts to reach the server.</summary>
    public BackOff BackOff { get; init; } = new() { First = TimeSpan.FromMilliseconds(200), Longest = TimeSpan.FromSeconds(30) };
}
