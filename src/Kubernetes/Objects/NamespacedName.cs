namespace SecretsOps.Kubernetes.Objects;

/// <summary>Names an object whose kind is clear from context: the key of a work queue.</summary>
public readonly record struct NamespacedName(string Namespace, string Name)
{
    /// <summary><c>namespace/name</c>, or <c>name</c> alone for a cluster-scoped object.</summary>
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
