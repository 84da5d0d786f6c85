using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>What must happen to a live Secret so that it equals its SealedSecret.</summary>
internal abstract record SecretChange
{
    /// <summary>There is none yet.</summary>
    internal sealed record Create(KubernetesObject Secret) : SecretChange;

    /// <summary>It differs; the object is the whole new state, with the resourceVersion it replaces.</summary>
    internal sealed record Update(KubernetesObject Secret) : SecretChange;

    /// <summary>It is as it should be.</summary>
    internal sealed record None(KubernetesObject Live) : SecretChange;

    /// <summary>It exists and belongs to somebody else.</summary>
    internal sealed record NotOurs : SecretChange;

    /// <summary>The API server would refuse the update; only deleting and making it anew would do.</summary>
    internal sealed record Impossible(string Reason, KubernetesObject Live, KubernetesObject Desired) : SecretChange;
}
