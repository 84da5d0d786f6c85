namespace SecretsOps.GitOps.Sources.Charts;

/// <summary>Where charts come from: an index over https, or an OCI registry.</summary>
internal interface IChartRepository : IDisposable
{
    /// <summary>The versions of a chart.</summary>
    /// <exception cref="SourceException">The repository does not answer or has no such chart.</exception>
    Task<IReadOnlyList<string>> VersionsAsync(string chart, CancellationToken cancellationToken);

    /// <summary>The package of one version: a <c>.tgz</c> whose digest was checked where the repository tells one.</summary>
    /// <exception cref="SourceException">The repository does not answer or has no such version.</exception>
    Task<byte[]> DownloadAsync(string chart, string version, CancellationToken cancellationToken);
}
