using SecretsOps.GitOps.Engine;
using SecretsOps.GitOps.Sources;

namespace SecretsOps.GitOps.ApplicationSets;

/// <summary>The clusters and repositories that the engine knows, as generators of one set see them.</summary>
/// <param name="clusters">The destinations.</param>
/// <param name="repositories">The repositories, polled once for everybody.</param>
/// <param name="project">On whose behalf repositories are read; empty where the template leaves the project open.</param>
/// <param name="since">How old the answer of a remote may be.</param>
internal sealed class ApplicationSetInputs(ClusterRegistry clusters, RepositoryStore repositories, string project, DateTimeOffset since) : IApplicationSetInputs
{
    private readonly Dictionary<(string Url, string Revision), ISourceTree> _trees = [];
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>The identities of the repositories that were asked for, whether they answered or not.</summary>
    public IReadOnlySet<string> Used => _used;

    public Task<IReadOnlyList<KnownCluster>> ClustersAsync(CancellationToken cancellationToken) => Task.FromResult(clusters.Known);

    public async Task<IReadOnlyList<string>> ListFilesAsync(string repoUrl, string revision, CancellationToken cancellationToken)
    {
        try
        {
            var files = new List<string>();
            await ListAsync(await OpenAsync(repoUrl, revision, cancellationToken), "", files, cancellationToken);
            files.Sort(StringComparer.Ordinal);
            return files;
        }
        catch (SourceException exception)
        {
            throw new ApplicationSetException($"git generator: {exception.Message}", exception);
        }
    }

    public async Task<ReadOnlyMemory<byte>> ReadFileAsync(string repoUrl, string revision, string path, CancellationToken cancellationToken)
    {
        try
        {
            var tree = await OpenAsync(repoUrl, revision, cancellationToken);
            var file = await tree.TryFindAsync(path, cancellationToken) ?? throw new SourceException($"'{path}' does not exist at {tree.Revision}");
            return (await tree.ReadAsync([file], cancellationToken))[0];
        }
        catch (SourceException exception)
        {
            throw new ApplicationSetException($"git generator: {exception.Message}", exception);
        }
    }

    private async Task<ISourceTree> OpenAsync(string url, string revision, CancellationToken cancellationToken)
    {
        if (!_trees.TryGetValue((url, revision), out var tree))
        {
            _used.Add(RepositoryUrl.Identity(url));

            // The generator writes HEAD where a source would leave the revision empty.
            var commit = await repositories.ResolveAsync(url, project, revision == "HEAD" ? "" : revision, "", since, cancellationToken);
            _trees[(url, revision)] = tree = await repositories.OpenAsync(url, project, commit, cancellationToken);
        }

        return tree;
    }

    private static async Task ListAsync(ISourceTree tree, string folder, List<string> files, CancellationToken cancellationToken)
    {
        foreach (var entry in await tree.TryListAsync(folder, cancellationToken) ?? [])
        {
            if (entry.Kind == TreeEntryKind.Folder)
            {
                await ListAsync(tree, entry.Path, files, cancellationToken);
            }
            else if (entry.IsFile)
            {
                files.Add(entry.Path);
            }
        }
    }
}
