using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Kubernetes.Client;

/// <summary>A whole list and the version to watch from.</summary>
public sealed record ObjectList(IReadOnlyList<KubernetesObject> Items, string ResourceVersion);

/// <summary>What a watch event says about its object.</summary>
public enum WatchEventType
{
    /// <summary>The object appeared.</summary>
    Added,

    /// <summary>The object changed.</summary>
    Modified,

    /// <summary>The object is gone; the event carries its last state.</summary>
    Deleted,

    /// <summary>Nothing changed; the event carries a version to resume from.</summary>
    Bookmark,
}

/// <summary>One event of a watch.</summary>
public sealed record WatchEvent(WatchEventType Type, KubernetesObject Object);
