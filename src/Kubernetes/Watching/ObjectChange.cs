using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Kubernetes.Watching;

/// <summary>What happened to an object in an informer's cache.</summary>
public enum ChangeType
{
    /// <summary>It appeared.</summary>
    Added,

    /// <summary>It changed.</summary>
    Updated,

    /// <summary>It is gone.</summary>
    Deleted,
}

/// <summary>One change of an informer's cache, with the states before and after as UTF-8 JSON.</summary>
public sealed class ObjectChange(ChangeType type, NamespacedName name, ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
{
    /// <summary>What happened.</summary>
    public ChangeType Type => type;

    /// <summary>To which object.</summary>
    public NamespacedName Name => name;

    /// <summary>The state before; empty when added.</summary>
    public ReadOnlyMemory<byte> BeforeUtf8 => before;

    /// <summary>The state after; empty when deleted.</summary>
    public ReadOnlyMemory<byte> AfterUtf8 => after;

    /// <summary>Parses the state before; null when added.</summary>
    public KubernetesObject? Before() => before.IsEmpty ? null : KubernetesObject.Parse(before.Span);

    /// <summary>Parses the state after; null when deleted.</summary>
    public KubernetesObject? After() => after.IsEmpty ? null : KubernetesObject.Parse(after.Span);

    /// <summary>Parses the newest state known: after, or before when deleted.</summary>
    public KubernetesObject Newest() => KubernetesObject.Parse(after.IsEmpty ? before.Span : after.Span);

    /// <summary>Type and name only: the object may be a Secret.</summary>
    public override string ToString() => $"{type} {name}";
}
