using SecretsOps.GitOps.Applications;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Tracking;

/// <summary>Says which Application an object belongs to: <c>app:group/Kind:namespace/name</c>, the core group empty.</summary>
internal sealed record TrackingId(string Application, string Group, string Kind, string Namespace, string Name)
{
    /// <summary>The id an object gets; a cluster-scoped one carries the destination's namespace.</summary>
    public static TrackingId For(string application, KubernetesObject value, string destinationNamespace) =>
        new(application, value.Gvk.Group, value.Kind, value.Namespace.Length > 0 ? value.Namespace : destinationNamespace, value.Name);

    public static TrackingId? TryParse(string? text)
    {
        if (text?.Split(':') is not [var application, var groupKind, var namespaceName] || application.Length == 0)
        {
            return null;
        }

        return groupKind.Split('/') is [var group, var kind] && namespaceName.Split('/') is [var space, var name]
            ? new TrackingId(application, group, kind, space, name)
            : null;
    }

    /// <summary>The id that a live object carries, or null.</summary>
    public static TrackingId? Of(KubernetesObject live) => TryParse(live.Annotation(Annotations.TrackingId));

    /// <summary>Whether the id names the object that carries it: a copied annotation does not.</summary>
    public bool Names(KubernetesObject live) =>
        Group == live.Gvk.Group && Kind == live.Kind && Name == live.Name && (live.Namespace.Length == 0 || Namespace == live.Namespace);

    public override string ToString() => $"{Application}:{Group}/{Kind}:{Namespace}/{Name}";
}
