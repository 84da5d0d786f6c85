namespace SecretsOps.Kubernetes.Objects;

/// <summary>Identifies one object in a cluster; the version is no part of identity. A cluster-scoped object has an empty namespace.</summary>
public readonly record struct ObjectKey(string Group, string Kind, string Namespace, string Name)
{
    /// <summary><c>Kind/namespace/name</c>, or <c>Kind/name</c> for a cluster-scoped object: the form every message uses.</summary>
    public override string ToString() => Namespace.Length == 0 ? $"{Kind}/{Name}" : $"{Kind}/{Namespace}/{Name}";
}
