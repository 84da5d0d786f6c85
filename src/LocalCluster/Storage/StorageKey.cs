namespace SecretsOps.LocalCluster.Storage;

/// <summary>Where an object is kept: its resource (<c>group/plural</c>), namespace (empty when cluster-scoped) and name.</summary>
internal readonly record struct StorageKey(string Resource, string Namespace, string Name)
{
    /// <summary>The order of lists and the place of a continue token: namespace first, then name.</summary>
    internal string Path => $"{Namespace}/{Name}";
}
