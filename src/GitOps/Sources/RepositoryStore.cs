using System.Collections.Concurrent;
using SecretsOps.GitOps.Tools;

namespace SecretsOps.GitOps.Sources;

/// <summary>One poller and one local copy for each repository that Applications name.</summary>
internal sealed class RepositoryStore(ToolBox tools, string cacheFolder, Func<string, string, RepositoryAccess> access, TimeProvider clock) : IDisposable
{
    private const int DeepestSubmodule = 4;

    private readonly ConcurrentDictionary<string, Held> _held = new(StringComparer.Ordinal);
    private readonly TreeGuard _guard = new();

    /// <summary>Raised with a repository's identity (<see cref="RepositoryUrl.Identity"/>) when its refs changed.</summary>
    public event Action<string>? RefsChanged;

    /// <summary>Raised with a sentence when a local copy was broken and is made anew.</summary>
    public event Action<string>? CopyMadeAnew;

    /// <summary>The commit that a revision stands for, by refs not older than <paramref name="since"/>.</summary>
    /// <exception cref="SourceException">The remote cannot be reached or has no such revision.</exception>
    public async Task<string> ResolveAsync(string url, string project, string revision, string tagPrefix, DateTimeOffset since, CancellationToken cancellationToken)
    {
        if (RevisionResolver.IsFullId(revision))
        {
            return revision;
        }

        var poller = For(url, project);
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

    /// <summary>Whether submodules are followed, as folders of the repository that names them.</summary>
    public bool FollowsSubmodules { get; init; } = true;

    /// <summary>The tree of a commit, with every symbolic link checked.</summary>
    /// <exception cref="SourceException">The commit cannot be had or holds a hostile link.</exception>
    public Task<ISourceTree> OpenAsync(string url, string project, string commit, CancellationToken cancellationToken) =>
        OpenAsync(url, project, commit, 0, cancellationToken);

    private async Task<ISourceTree> OpenAsync(string url, string project, string commit, int depth, CancellationToken cancellationToken)
    {
        if (depth > DeepestSubmodule)
        {
            throw new SourceException($"repository '{RepositoryUrl.Redact(url)}': submodules are nested more than {DeepestSubmodule} deep");
        }

        var tree = await For(url, project).Repository.OpenAsync(commit, cancellationToken);
        await _guard.CheckAsync(tree, cancellationToken);
        return FollowsSubmodules
            ? await SubmoduleTree.WrapAsync(tree, url, (address, id, token) => OpenAsync(address, project, id, depth + 1, token), cancellationToken)
            : tree;
    }

    /// <inheritdoc cref="GitRepository.VerifyAsync"/>
    public Task<string> VerifyAsync(string url, string project, string commit, string gnupgHome, CancellationToken cancellationToken) =>
        For(url, project).Repository.VerifyAsync(commit, gnupgHome, cancellationToken);

    /// <inheritdoc cref="GitRepository.CommitsBetweenAsync"/>
    public Task<IReadOnlyList<string>> CommitsBetweenAsync(string url, string project, string since, string commit, int limit, CancellationToken cancellationToken) =>
        For(url, project).Repository.CommitsBetweenAsync(since, commit, limit, cancellationToken);

    /// <summary>Asks every repository in use for its refs; the others are let go of.</summary>
    /// <param name="used">The identities of the addresses that anybody names.</param>
    /// <param name="failed">Called with the reason for each remote that did not answer.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    public Task PollAllAsync(IReadOnlySet<string> used, Action<string> failed, CancellationToken cancellationToken)
    {
        foreach (var (key, held) in _held)
        {
            if (!used.Contains(RepositoryUrl.Identity(held.Access.Url)))
            {
                Forget(key);
            }
        }

        return Parallel.ForEachAsync(_held.Values, cancellationToken, async (held, token) =>
        {
            try
            {
                await held.Poller.RefsSinceAsync(clock.GetUtcNow(), token);
            }
            catch (SourceException exception)
            {
                failed(exception.Message);
            }
        });
    }

    /// <summary>Asks some repositories for their refs now; a change is announced through <see cref="RefsChanged"/>.</summary>
    /// <exception cref="SourceException">A remote did not answer.</exception>
    public Task PollAsync(Func<string, bool> isWanted, CancellationToken cancellationToken) =>
        Task.WhenAll(_held.Values.Where(held => isWanted(held.Access.Url)).Select(held => held.Poller.RefsSinceAsync(clock.GetUtcNow(), cancellationToken)));

    /// <summary>Lets go of repositories whose credentials or trust are no longer what they were; their next use takes those of then.</summary>
    public void ForgetChanged(Func<string, string, RepositoryAccess> now)
    {
        foreach (var (key, held) in _held)
        {
            if (now(held.Access.Url, held.Project) != held.Access)
            {
                Forget(key);
            }
        }
    }

    public void Dispose()
    {
        foreach (var key in _held.Keys)
        {
            Forget(key);
        }
    }

    private void Forget(string key)
    {
        if (_held.TryRemove(key, out var held))
        {
            held.Dispose();
        }
    }

    private RepositoryPoller For(string url, string project)
    {
        var wanted = access(url, project);
        return _held.GetOrAdd(wanted.Key, _ => new Held(wanted, project, new Lazy<RepositoryPoller>(() => Create(wanted)))).Poller;
    }

    private RepositoryPoller Create(RepositoryAccess wanted)
    {
        var poller = new RepositoryPoller(new GitRepository(wanted, cacheFolder, tools.Git, clock) { MadeAnew = told => CopyMadeAnew?.Invoke(told) }, clock);
        poller.Changed += () => RefsChanged?.Invoke(RepositoryUrl.Identity(wanted.Url));
        return poller;
    }

    /// <summary>One repository in use, and on whose behalf it was first asked for.</summary>
    private sealed record Held(RepositoryAccess Access, string Project, Lazy<RepositoryPoller> Opening) : IDisposable
    {
        public RepositoryPoller Poller => Opening.Value;

        public void Dispose()
        {
            if (Opening.IsValueCreated)
            {
                Opening.Value.Repository.Dispose();
            }
        }
    }
}
