using System.Collections.Concurrent;
using SecretsOps.GitOps.Telemetry;
using SecretsOps.GitOps.Tools;

namespace SecretsOps.GitOps.Sources;

/// <summary>A bare local copy of one repository: what Git has, so ciphertext only. Broken copies are thrown away and made anew.</summary>
internal sealed class GitRepository : IDisposable
{
    private static readonly TimeSpan TransferLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Trust = TimeSpan.FromMinutes(10);

    private readonly string _url;
    private readonly string _folder;
    private readonly ExternalTool _git;
    private readonly TimeProvider _clock;
    private readonly GitEnvironment _environment;
    private readonly GitObjectReader _objects;
    private readonly ConcurrentDictionary<string, GitFolder> _folders = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _fetching = new(1);
    private readonly int _depth;
    private int _generation;
    private DateTimeOffset _foundWholeAt = DateTimeOffset.MinValue;
    private readonly bool _followsLargeFiles;

    public GitRepository(RepositoryAccess access, string cacheFolder, ExternalTool git, TimeProvider clock)
    {
        RepositoryUrl.Validate(access.Url);
        _url = access.Url;
        _git = git;
        _clock = clock;
        _depth = access.Credentials.Depth;
        _followsLargeFiles = access.Credentials.EnableLfs;
        _folder = Path.Combine(cacheFolder, RepositoryUrl.FolderName(access));
        _environment = new GitEnvironment(access, cacheFolder);
        _objects = new GitObjectReader(git, _folder, _environment.Variables);
    }

    /// <summary>Called with a sentence when the local copy was thrown away because it was broken.</summary>
    public Action<string> MadeAnew { get; init; } = static _ => { };

    /// <summary>Asks the remote for its refs; nothing is transferred.</summary>
    /// <exception cref="SourceException">The remote did not answer.</exception>
    public async Task<RemoteRefs> ListRemoteAsync(CancellationToken cancellationToken)
    {
        var result = await GitAsync(["ls-remote", "--quiet", "--", _url], TimeSpan.FromSeconds(60), cancellationToken);
        return RemoteRefs.Parse(result.Text);
    }

    /// <summary>The tree of a commit, fetched first when the local copy lacks it.</summary>
    /// <exception cref="SourceException">The commit cannot be had.</exception>
    public async Task<ISourceTree> OpenAsync(string commit, CancellationToken cancellationToken)
    {
        var tree = await OpenOrRenewAsync(commit, cancellationToken);
        return _followsLargeFiles ? new LargeFileTree(tree, FetchLargeFileAsync) : tree;
    }

    /// <summary>The full id of an abbreviated commit id, or null.</summary>
    public async Task<string?> TryExpandAsync(string abbreviation, CancellationToken cancellationToken)
    {
        await FetchAsync(abbreviation, cancellationToken);
        return (await _objects.TryReadAsync([$"{abbreviation}^{{commit}}"], cancellationToken))[0]?.Id;
    }

    /// <summary>What gpg says of a commit's signature: its status lines, for a home folder that holds the keys that count.</summary>
    /// <exception cref="SourceException">The commit cannot be had.</exception>
    public async Task<string> VerifyAsync(string commit, string gnupgHome, CancellationToken cancellationToken)
    {
        await FetchAsync(commit, cancellationToken);
        var environment = new Dictionary<string, string>(_environment.Variables) { ["GNUPGHOME"] = gnupgHome };
        var result = await _git.RunAsync(new ToolRequest { Arguments = ["--git-dir", _folder, "verify-commit", "--raw", commit], Environment = environment, TimeLimit = TimeSpan.FromSeconds(30) }, cancellationToken);
        return result.Error;
    }

    /// <summary>The commits that one has and another has not, newest first.</summary>
    /// <exception cref="SourceException">A commit cannot be had, or there are more than <paramref name="limit"/>.</exception>
    public async Task<IReadOnlyList<string>> CommitsBetweenAsync(string since, string commit, int limit, CancellationToken cancellationToken)
    {
        await FetchAsync(commit, cancellationToken);
        var result = await GitAsync(["--git-dir", _folder, "rev-list", $"--max-count={limit + 1}", commit, $"^{since}"], TransferLimit, cancellationToken);
        var commits = result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return commits.Length <= limit ? commits : throw new SourceException($"repository '{RepositoryUrl.Redact(_url)}': more than {limit} commits since {since} would have to be checked: sync to one in between first");
    }

    public void Dispose()
    {
        _objects.Dispose();
        _environment.Dispose();
        _fetching.Dispose();
    }

    private async Task<GitTree> OpenOrRenewAsync(string commit, CancellationToken cancellationToken)
    {
        var generation = _generation;
        try
        {
            return await OpenOnceAsync(commit, cancellationToken);
        }
        catch (SourceException exception) when (Directory.Exists(_folder))
        {
            if (!await IsSuspectAsync(exception, cancellationToken))
            {
                throw;
            }

            await DiscardAsync(generation, exception, cancellationToken);
            return await OpenOnceAsync(commit, cancellationToken);
        }
    }

    // git-lfs checks the digest, and keeps what it fetched beside the objects of the local copy.
    private async Task<byte[]> FetchLargeFileAsync(ReadOnlyMemory<byte> pointer, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>(_environment.Variables);
        var count = int.Parse(environment["GIT_CONFIG_COUNT"], System.Globalization.CultureInfo.InvariantCulture);
        (environment["GIT_CONFIG_COUNT"], environment[$"GIT_CONFIG_KEY_{count}"], environment[$"GIT_CONFIG_VALUE_{count}"]) = ($"{count + 1}", "remote.origin.url", _url);
        var request = new ToolRequest { Arguments = ["--git-dir", _folder, "lfs", "smudge"], Environment = environment, StandardInput = pointer, TimeLimit = TransferLimit };
        return (await _git.RunCheckedAsync(request, cancellationToken)).Output;
    }

    private async Task<GitTree> OpenOnceAsync(string commit, CancellationToken cancellationToken)
    {
        await FetchAsync(commit, cancellationToken);
        var found = (await _objects.TryReadAsync([commit], cancellationToken))[0]
            ?? throw new SourceException($"repository '{RepositoryUrl.Redact(_url)}' has no commit {commit}");
        while (found.Type == "tag")
        {
            found = (await _objects.TryReadAsync([found.TargetOfTag], cancellationToken))[0]
                ?? throw new SourceException($"repository '{RepositoryUrl.Redact(_url)}': tag {commit} points to nothing");
        }

        var generation = _generation;
        var tree = new GitTree(found.Id, found.TreeOfCommit, _objects, _folders, (damage, token) => RepairAsync(commit, generation, damage, token));
        return await tree.TryListAsync("", cancellationToken) is null
            ? throw new SourceException($"repository '{RepositoryUrl.Redact(_url)}': the tree of {commit} is missing") { IsDamage = true }
            : tree;
    }

    private async Task FetchAsync(string commit, CancellationToken cancellationToken)
    {
        await _fetching.WaitAsync(cancellationToken);
        try
        {
            var isNew = !File.Exists(Path.Combine(_folder, "HEAD"));
            if (isNew)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(_folder)!);
                await GitAsync(["init", "--quiet", "--bare", "--", _folder], TransferLimit, cancellationToken);
            }

            if (isNew || (await _objects.TryReadAsync([commit], cancellationToken))[0] is null)
            {
                await TransferAsync(commit, cancellationToken);
            }
        }
        finally
        {
            _fetching.Release();
        }
    }

    private async Task TransferAsync(string commit, CancellationToken cancellationToken)
    {
        string[] depth = _depth > 0 ? [$"--depth={_depth}"] : [];
        string[] command = ["--git-dir", _folder, "fetch", "--quiet", "--force", "--prune", "--no-write-fetch-head", "--no-auto-maintenance", .. depth, "--", _url];
        await GitAsync([.. command, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"], TransferLimit, cancellationToken);
        if (commit.Length >= 40 && (await _objects.TryReadAsync([commit], cancellationToken))[0] is null)
        {
            // No branch or tag holds it (any more): most servers still give a commit that is asked for by name.
            await GitAsync([.. command.Where(word => word != "--prune"), commit], TransferLimit, cancellationToken);
        }
    }

    // A fetch that failed may be the remote's fault or the copy's, of which git itself is asked; not again and again for a commit that nobody has.
    private async Task<bool> IsSuspectAsync(SourceException exception, CancellationToken cancellationToken)
    {
        if (exception.IsDamage)
        {
            return true;
        }

        if (_clock.GetUtcNow() - _foundWholeAt < Trust)
        {
            return false;
        }

        var check = new ToolRequest { Arguments = ["--git-dir", _folder, "fsck", "--connectivity-only", "--no-dangling", "--no-progress"], Environment = _environment.Variables, TimeLimit = TransferLimit };
        if ((await _git.RunAsync(check, cancellationToken)).ExitCode != 0)
        {
            return true;
        }

        _foundWholeAt = _clock.GetUtcNow();
        return false;
    }

    private async Task RepairAsync(string commit, int generation, SourceException damage, CancellationToken cancellationToken)
    {
        await DiscardAsync(generation, damage, cancellationToken);
        await FetchAsync(commit, cancellationToken);
    }

    /// <summary>Throws the copy away, unless somebody did since <paramref name="generation"/>.</summary>
    private async Task DiscardAsync(int generation, SourceException reason, CancellationToken cancellationToken)
    {
        await _fetching.WaitAsync(cancellationToken);
        try
        {
            if (generation != _generation)
            {
                return;
            }

            _generation++;
            await _objects.ResetAsync(cancellationToken);
            _folders.Clear();
            Directory.Delete(_folder, recursive: true);
            MadeAnew($"repository '{RepositoryUrl.Redact(_url)}': the local copy is broken and made anew: {reason.Message}");
        }
        finally
        {
            _fetching.Release();
        }
    }

    private async Task<ToolResult> GitAsync(string[] arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        var startedAt = _clock.GetTimestamp();
        try
        {
            return await _git.RunCheckedAsync(new ToolRequest { Arguments = arguments, Environment = _environment.Variables, TimeLimit = limit }, cancellationToken);
        }
        catch (ToolException exception)
        {
            throw new SourceException($"repository '{RepositoryUrl.Redact(_url)}': {RepositoryUrl.Redact(exception.Message)}", exception) { IsUnreachable = arguments[0] == "ls-remote" };
        }
        finally
        {
            if (arguments.Contains("ls-remote") || arguments.Contains("fetch"))
            {
                EngineTelemetry.CountGitRequest(RepositoryUrl.Redact(_url), arguments[0] == "ls-remote" ? "ls-remote" : "fetch", _clock.GetElapsedTime(startedAt));
            }
        }
    }
}
