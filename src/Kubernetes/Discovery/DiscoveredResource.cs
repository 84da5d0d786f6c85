using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Kubernetes.Discovery;

/// <summary>A kind that the API server serves, as discovery tells it.</summary>
public sealed record DiscoveredResource(ApiResource Resource)
{
    /// <summary>What can be done with it: <c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>patch</c>, …</summary>
    public IReadOnlyList<string> Verbs { get; init; } = [];

    /// <summary>Short names, such as <c>cm</c>.</summary>
    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>Categories, such as <c>all</c>.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>The name of one, in lower case.</summary>
    public string Singular { get; init; } = "";
}

/// <summary>Everything that discovery found, and what it could not read.</summary>
/// <param name="Resources">Kinds of every version served; the preferred version of a group comes first.</param>
/// <param name="Failures">Group versions that could not be read (a broken aggregated API), each with the reason.</param>
public sealed record DiscoveryResult(
    IReadOnlyList<DiscoveredResource> Resources, IReadOnlyDictionary<string, string> Failures);
