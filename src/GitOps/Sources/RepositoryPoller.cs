namespace SecretsOps.GitOps.Sources;

/// <summary>Asks one repository for its refs, once per interval however many Applications want to know, and at once when one insists.</summary>
internal sealed class RepositoryPoller(GitRepository repository, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private Poll? _latest;
    private Poll? _running;

    /// <summary>Raised when a poll found refs that differ from those of the poll before.</summary>
    public event Action? Changed;

    public GitRepository Repository => repository;

    /// <summary>The refs from a poll that started at or after a moment; callers share polls.</summary>
    /// <exception cref="SourceException">The remote did not answer.</exception>
    public async Task<RemoteRefs> RefsSinceAsync(DateTimeOffset moment, CancellationToken cancellationToken)
    {
        while (true)
        {
            Poll poll;
            lock (_lock)
            {
                poll = _latest is { } known && known.StartedAt >= moment ? known : _running ??= Start();
            }

            try
            {
                var refs = await poll.Refs.WaitAsync(cancellationToken);
                if (poll.StartedAt >= moment)
                {
                    return refs;
                }
            }
            catch (SourceException) when (poll.StartedAt < moment)
            {
                // The poll that was under way before the question failed; the loop starts the one asked for.
            }
        }
    }

    private Poll Start()
    {
        var startedAt = clock.GetUtcNow();
        var refs = Task.Run(() => RunAsync(startedAt));
        return new Poll(startedAt, refs);
    }

    private async Task<RemoteRefs> RunAsync(DateTimeOffset startedAt)
    {
        try
        {
            var refs = await repository.ListRemoteAsync(CancellationToken.None);
            Poll? before;
            lock (_lock)
            {
                before = _latest;
                _latest = new Poll(startedAt, Task.FromResult(refs));
            }

            if (before is not null && before.Refs.Result.Fingerprint != refs.Fingerprint)
            {
                Changed?.Invoke();
            }

            return refs;
        }
        finally
        {
            lock (_lock)
            {
                _running = null;
            }
        }
    }

    private sealed record Poll(DateTimeOffset StartedAt, Task<RemoteRefs> Refs);
}
