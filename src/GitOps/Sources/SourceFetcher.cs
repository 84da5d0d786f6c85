using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Sources.Charts;

namespace SecretsOps.GitOps.Sources;

/// <summary>The first stage: turns the sources of an Application into commits and their trees.</summary>
internal sealed class SourceFetcher(RepositoryStore repositories, ChartStore charts)
{
    /// <summary>The commit of each source; <paramref name="since"/> says how old the answer of a remote may be.</summary>
    /// <exception cref="SourceException">A repository cannot be reached or has no such revision.</exception>
    public async Task<IReadOnlyList<string>> ResolveAsync(IReadOnlyList<ApplicationSource> sources, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var commits = new List<string>(sources.Count);
        foreach (var source in sources)
        {
            commits.Add(ChartStore.Serves(source.RepoUrl, source.Chart)
                ? await charts.ResolveAsync(source.RepoUrl, source.Chart, source.Project, source.TargetRevision, since, cancellationToken)
                : await repositories.ResolveAsync(source.RepoUrl, source.Project, source.TargetRevision, source.TagPrefix, since, cancellationToken));
        }

        return commits;
    }

    /// <summary>The trees of commits already resolved.</summary>
    /// <exception cref="SourceException">A commit cannot be had.</exception>
    public async Task<IReadOnlyList<Artifact>> FetchAsync(IReadOnlyList<ApplicationSource> sources, IReadOnlyList<string> commits, CancellationToken cancellationToken)
    {
        var artifacts = new List<Artifact>(sources.Count);
        for (var i = 0; i < sources.Count; i++)
        {
            var tree = ChartStore.Serves(sources[i].RepoUrl, sources[i].Chart)
                ? await charts.OpenAsync(sources[i].RepoUrl, sources[i].Chart, sources[i].Project, commits[i], cancellationToken)
                : await repositories.OpenAsync(sources[i].RepoUrl, sources[i].Project, commits[i], cancellationToken);
            artifacts.Add(new Artifact(commits[i], tree));
        }

        return artifacts;
    }
}
