using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace SecretsOps.GitOps.Sources.Charts;

/// <summary>Charts and OCI artifacts by repository: versions are asked for once for everybody, packages are kept as they came.</summary>
internal sealed class ChartStore(string cacheFolder, RepositoryRegistry registry, TimeProvider clock) : IDisposable
{
    private const int UnpackedTrees = 32;

    private readonly ConcurrentDictionary<string, Held> _held = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ISourceTree> _trees = new(StringComparer.Ordinal);
    private readonly TreeGuard _guard = new();

    /// <summary>Raised with a repository's identity when its charts have other versions than before.</summary>
    public event Action<string>? VersionsChanged;

    /// <summary>Whether a source is for this store rather than for Git.</summary>
    public static bool Serves(string url, string chart) => chart.Length > 0 || url.StartsWith("oci://", StringComparison.Ordinal);

    /// <summary>The exact version that a version or a range names; for an artifact without a chart's name, the digest.</summary>
    /// <exception cref="SourceException">The repository does not answer or has nothing that fits.</exception>
    public async Task<string> ResolveAsync(string url, string chart, string project, string wanted, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var held = For(url, project);
        if (chart.Length == 0)
        {
            return await ArtifactAsync(held, wanted, since, cancellationToken);
        }

        // A version that was fetched once is that version for ever: nobody needs to be asked.
        if (VersionConstraint.TryParse(wanted) is not { } range)
        {
            return File.Exists(PathOf(held, chart, wanted)) ? wanted : await ExactAsync(held, chart, wanted, since, cancellationToken);
        }

        return range.Highest(await held.VersionsAsync(chart, since, clock, cancellationToken))
            ?? throw new SourceException($"chart '{chart}' has no version within '{wanted}' in '{held.Access}'");
    }

    /// <summary>The files of one version, links checked.</summary>
    /// <exception cref="SourceException">The package cannot be had or is hostile.</exception>
    public async Task<ISourceTree> OpenAsync(string url, string chart, string project, string version, CancellationToken cancellationToken)
    {
        var held = For(url, project);
        var path = PathOf(held, chart, version);
        if (!_trees.TryGetValue(path, out var tree))
        {
            tree = await UnpackAsync(chart, version, await PackageAsync(held, chart, version, cancellationToken), cancellationToken);
            await _guard.CheckAsync(tree, cancellationToken);
            if (_trees.Count >= UnpackedTrees)
            {
                _trees.Clear();
            }

            _trees[path] = tree;
        }

        return tree;
    }

    /// <summary>The package itself, for charts that depend on it. A repository may be named by its Secret, as <c>@name</c>.</summary>
    /// <exception cref="SourceException">The package cannot be had.</exception>
    public async Task<(string Version, byte[] Package)> ReadAsync(string repository, string chart, string project, string wanted, CancellationToken cancellationToken)
    {
        var url = registry.Expand(repository, project);
        var version = await ResolveAsync(url, chart, project, wanted, clock.GetUtcNow() - TimeSpan.FromMinutes(3), cancellationToken);
        return (version, await PackageAsync(For(url, project), chart, version, cancellationToken));
    }

    /// <summary>Asks every repository in use for the versions that somebody wanted to know; the others are let go of.</summary>
    public Task PollAllAsync(IReadOnlySet<string> used, Action<string> failed, CancellationToken cancellationToken)
    {
        foreach (var (key, held) in _held.Where(entry => !used.Contains(RepositoryUrl.Identity(entry.Value.Access.Url))))
        {
            Forget(key, held);
        }

        return Parallel.ForEachAsync(_held.Values, cancellationToken, async (held, token) =>
        {
            try
            {
                if (await held.PollAsync(clock, token))
                {
                    VersionsChanged?.Invoke(RepositoryUrl.Identity(held.Access.Url));
                }
            }
            catch (SourceException exception)
            {
                failed(exception.Message);
            }
        });
    }

    /// <summary>Lets go of repositories whose credentials are no longer what they were.</summary>
    public void ForgetChanged()
    {
        foreach (var (key, held) in _held.Where(entry => registry.For(entry.Value.Access.Url, entry.Value.Project) != entry.Value.Access))
        {
            Forget(key, held);
        }
    }

    public void Dispose()
    {
        foreach (var (key, held) in _held)
        {
            Forget(key, held);
        }
    }

    private void Forget(string key, Held held)
    {
        if (_held.TryRemove(key, out _))
        {
            held.Dispose();
        }
    }

    private Held For(string url, string project)
    {
        var access = registry.For(url, project);
        return _held.GetOrAdd(access.Key, _ => new Held(access, project, new Lazy<IChartRepository>(() => Open(access))));
    }

    private static IChartRepository Open(RepositoryAccess access) =>
        access.Url.StartsWith("oci://", StringComparison.Ordinal) || access.Credentials.EnableOci || !access.Url.Contains("://", StringComparison.Ordinal)
            ? new OciRegistry(access)
            : new HelmRepository(access);

    private async Task<string> ExactAsync(Held held, string chart, string wanted, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var versions = await held.VersionsAsync(chart, since, clock, cancellationToken);
        var same = SemanticVersion.TryParse(wanted);
        return versions.Contains(wanted) ? wanted
            : versions.FirstOrDefault(version => same is not null && SemanticVersion.TryParse(version) == same)
            ?? throw new SourceException($"chart '{chart}' has no version '{wanted}' in '{held.Access}'");
    }

    private async Task<string> ArtifactAsync(Held held, string wanted, DateTimeOffset since, CancellationToken cancellationToken)
    {
        if (wanted.StartsWith("sha256:", StringComparison.Ordinal))
        {
            return wanted;
        }

        var tag = wanted.Length == 0 ? "latest" : wanted;
        if (VersionConstraint.TryParse(wanted) is { } range)
        {
            tag = range.Highest(await held.VersionsAsync("", since, clock, cancellationToken)) ?? throw new SourceException($"'{held.Access}' has no tag within '{wanted}'");
        }

        return await held.DigestAsync(tag, since, clock, cancellationToken);
    }

    // An artifact without a chart's name may be a chart all the same: then all of it lies in one folder, with Chart.yaml in it.
    private static async Task<ArchiveTree> UnpackAsync(string chart, string version, byte[] package, CancellationToken cancellationToken)
    {
        if (chart.Length > 0)
        {
            return ArchiveTree.Read($"{chart}-{version}", package, ArchiveRoot.OneFolder);
        }

        var whole = ArchiveTree.Read(version, package, ArchiveRoot.Root);
        var isChart = await whole.TryListAsync("", cancellationToken) is [{ Kind: TreeEntryKind.Folder } only] && await whole.TryFindAsync($"{only.Path}/Chart.yaml", cancellationToken) is not null;
        return isChart ? ArchiveTree.Read(version, package, ArchiveRoot.OneFolder) : whole;
    }

    private async Task<byte[]> PackageAsync(Held held, string chart, string version, CancellationToken cancellationToken)
    {
        var path = PathOf(held, chart, version);
        if (File.Exists(path))
        {
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }

        var package = await held.Repository.DownloadAsync(chart, version, cancellationToken);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = $"{path}.{Guid.NewGuid():n}";
        await File.WriteAllBytesAsync(draft, package, cancellationToken);
        File.Move(draft, path, overwrite: true);
        return package;
    }

    private string PathOf(Held held, string chart, string version)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{held.Access.Key}\n{chart}\n{version}")).AsSpan(0, 16));
        return Path.Combine(cacheFolder, "charts", $"{digest}.tgz");
    }

    /// <summary>One repository in use, and what it last said.</summary>
    private sealed record Held(RepositoryAccess Access, string Project, Lazy<IChartRepository> Opening) : IDisposable
    {
        private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
        private readonly SemaphoreSlim _turn = new(1);

        public IChartRepository Repository => Opening.Value;

        public Task<IReadOnlyList<string>> VersionsAsync(string chart, DateTimeOffset since, TimeProvider clock, CancellationToken cancellationToken) =>
            KnowAsync(chart, since, clock, token => Repository.VersionsAsync(chart, token), cancellationToken);

        public async Task<string> DigestAsync(string tag, DateTimeOffset since, TimeProvider clock, CancellationToken cancellationToken)
        {
            var registry = Repository as OciRegistry ?? throw new SourceException($"'{Access}' is no registry");
            return (await KnowAsync($":{tag}", since, clock, async token => [await registry.DigestAsync("", tag, token)], cancellationToken))[0];
        }

        /// <summary>Asks again for all that was ever asked; true when any answer differs.</summary>
        public async Task<bool> PollAsync(TimeProvider clock, CancellationToken cancellationToken)
        {
            var hasChanged = false;
            foreach (var (name, before) in _known)
            {
                var now = name.StartsWith(':')
                    ? [await DigestAsync(name[1..], clock.GetUtcNow(), clock, cancellationToken)]
                    : await VersionsAsync(name, clock.GetUtcNow(), clock, cancellationToken);
                hasChanged |= !now.ToHashSet().SetEquals(before.Answer);
            }

            return hasChanged;
        }

        public void Dispose()
        {
            _turn.Dispose();
            if (Opening.IsValueCreated)
            {
                Opening.Value.Dispose();
            }
        }

        private async Task<IReadOnlyList<string>> KnowAsync(string name, DateTimeOffset since, TimeProvider clock, Func<CancellationToken, Task<IReadOnlyList<string>>> ask, CancellationToken cancellationToken)
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                if (_known.TryGetValue(name, out var known) && known.AskedAt >= since)
                {
                    return known.Answer;
                }

                var askedAt = clock.GetUtcNow();
                var answer = await ask(cancellationToken);
                _known[name] = new Known(askedAt, answer);
                return answer;
            }
            finally
            {
                _turn.Release();
            }
        }

        private sealed record Known(DateTimeOffset AskedAt, IReadOnlyList<string> Answer);
    }
}
