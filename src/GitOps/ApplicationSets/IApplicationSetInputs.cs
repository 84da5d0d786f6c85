namespace SecretsOps.GitOps.ApplicationSets;

/// <summary>What generators look at outside their own text: clusters and repositories.</summary>
public interface IApplicationSetInputs
{
    /// <summary>The clusters that Secrets describe, in the order of their names.</summary>
    Task<IReadOnlyList<KnownCluster>> ClustersAsync(CancellationToken cancellationToken);

    /// <summary>All file paths of a repository at a revision, relative to its root, with <c>/</c>, sorted by their bytes.</summary>
    /// <exception cref="ApplicationSetException">The repository or the revision cannot be read.</exception>
    Task<IReadOnlyList<string>> ListFilesAsync(string repoUrl, string revision, CancellationToken cancellationToken);

    /// <summary>The bytes of one file of a repository at a revision.</summary>
    /// <exception cref="ApplicationSetException">The file cannot be read.</exception>
    Task<ReadOnlyMemory<byte>> ReadFileAsync(string repoUrl, string revision, string path, CancellationToken cancellationToken);
}
