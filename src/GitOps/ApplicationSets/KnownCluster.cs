namespace SecretsOps.GitOps.ApplicationSets;

/// <summary>A destination as a cluster Secret describes it; the local cluster may stand here without a Secret.</summary>
public sealed record KnownCluster
{
    /// <summary>The name that Applications use as <c>destination.name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The URL of the API server.</summary>
    public required string Server { get; init; }

    /// <summary>The AppProject the cluster belongs to, or empty.</summary>
    public string Project { get; init; } = "";

    /// <summary>Whether a Secret describes the cluster; false for a local cluster that is there by itself.</summary>
    public bool HasSecret { get; init; } = true;

    /// <summary>The Secret's labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The Secret's annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
