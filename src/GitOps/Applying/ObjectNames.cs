using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Applying;

/// <summary>The ways that messages write an object's name.</summary>
internal static class ObjectNames
{
    /// <summary>As kubectl prints results: <c>deployment.apps/web</c>, <c>configmap/cfg</c>.</summary>
    public static string Kubectl(ObjectKey key)
    {
        var kind = key.Kind.ToLowerInvariant();
        return key.Group.Length == 0 ? $"{kind}/{key.Name}" : $"{kind}.{key.Group}/{key.Name}";
    }

    /// <summary>As waiting messages have it: <c>group/Kind/name</c>, the core group left out.</summary>
    public static string Waiting(ObjectKey key) =>
        key.Group.Length == 0 ? $"{key.Kind}/{key.Name}" : $"{key.Group}/{key.Kind}/{key.Name}";
}
