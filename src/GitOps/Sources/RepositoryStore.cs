using System.Collections.Concurrent;
using SecretsOps.GitOps.Tools;

namespace SecretsOps.GitOps.Sources;

/// <summary>One poller and one local copy for each repository that Applications name.</summary>
internal sealed class RepositoryStore(ToolBox tools, string cacheFolder, Func<string, RepositoryCredentials> credentials, TimeProvider clock) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<RepositoryPoller>> _pollers = new(StringComparer.Ordinal);
    private readonly TreeGuard _guard = new();

    /// <summary>Raised with a repository's address when its refs changed.</summary>
    public event Action<string>? RefsChanged;

    public IReadOnlyList<string> Addresses => [.. _pollers.Keys];

    /// <summary>The commit that a revision stands for, by refs not older than <paramref name="since"/>.</summary>
    /// <exception cref="SourceException">The remote cannot be reached or has no such revision.</exception>
    public async Task<string> ResolveAsync(string url, string revision, string tagPrefix, DateTimeOffset since, CancellationToken cancellationToken)
    {
        if (RevisionResolver.IsFullId(revision))
        {
            return revision;
        }

        var poller = For(url);
        var refs = await poller.RefsSinceAsync(since, cancellationToken);
        if (RevisionResolver.TryResolve(revision, tagPrefix, refs) is { } commit)
        {
            return commit;
        }

        // Compatibility: Argo CD reports a revision that is nothing known in exactly these words.
        return RevisionResolver.IsAbbreviation(revision) && await poller.Repository.TryExpandAsync(revision, cancellationToken) is { } full
            ? full
            : throw new SourceException($"unable to resolve '{(revision.Length == 0 ? "HEAD" : revision)}' to a commit SHA");
    }

    /// <summary>The tree of a commit, with every symbolic link checked.</summary>
    /// <exception cref="SourceException">The commit cannot be had or holds a hostile link.</exception>
    public async Task<ISourceTree> OpenAsync(string url, string commit, CancellationToken cancellationToken)
    {
        var tree = await For(url).Repository.OpenAsync(commit, cancellationToken);
        await _guard.CheckAsync(tree, cancellationToken);
        return tree;
    }

    /// <summary>Asks a repository for its refs now; a change is announced through <see cref="RefsChanged"/>.</summary>
    /// <exception cref="SourceException">The remote did not answer.</exception>
    public Task PollAsync(string url, CancellationToken cancellationToken) => For(url).RefsSinceAsync(clock.GetUtcNow(), cancellationToken);

    /// <summary>Forgets a repository, so that its next use takes the credentials of then.</summary>
    public void Forget(string url)
    {
        if (_pollers.TryRemove(url, out var poller) && poller.IsValueCreated)
        {
            poller.Value.Repository.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var url in Addresses)
        {
            Forget(url);
        }
    }

    private RepositoryPoller For(string url) => _pollers.GetOrAdd(url, key => new Lazy<RepositoryPoller>(() => Create(key))).Value;

    private RepositoryPoller Create(string url)
    {
        var poller = new RepositoryPoller(new GitRepository(url, credentials(url), cacheFolder, tools.Git), clock);
        poller.Changed += () => RefsChanged?.Invoke(url);
        return poller;
    }
}
