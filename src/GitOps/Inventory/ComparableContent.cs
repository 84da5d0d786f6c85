using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Inventory;

/// <summary>The part of an object that two versions are compared by.</summary>
internal static class ComparableContent
{
    private static readonly string[] ServerFields =
        ["managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink"];

    /// <summary>Takes status and the server's own metadata off the object given, and gives it back.</summary>
    public static KubernetesObject Of(KubernetesObject value)
    {
        value.Json.Remove("status");
        foreach (var field in ServerFields)
        {
            value.Metadata.Remove(field);
        }

        return value;
    }
}
