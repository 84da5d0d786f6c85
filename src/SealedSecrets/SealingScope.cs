namespace SecretsOps.SealedSecrets;

/// <summary>How far a sealed value may be moved before it stops opening.</summary>
public enum SealingScope
{
    /// <summary>Bound to one namespace and one name.</summary>
    Strict,

    /// <summary>Bound to one namespace; may be renamed.</summary>
    NamespaceWide,

    /// <summary>May be moved anywhere in the cluster.</summary>
    ClusterWide,
}
