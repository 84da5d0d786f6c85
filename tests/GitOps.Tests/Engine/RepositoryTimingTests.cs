namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>An engine that asks repositories several times a second, and is patient with those that do not answer.</summary>
public sealed class AttentiveEngineFixture : EngineFixture
{
    public AttentiveEngineFixture() => (PollInterval, RepositoryGracePeriod) = (TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(3));
}

/// <summary>When repositories are asked, and what a moment without an answer means.</summary>
public sealed class RepositoryTimingTests(AttentiveEngineFixture engine) : IClassFixture<AttentiveEngineFixture>, IDisposable
{
    private readonly TestRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task W02_a_push_is_found_by_asking_the_repository_now_and_then()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var name = await engine.CreateAsync(_repository, "app", space);
        await engine.UntilSyncedAsync(name);

        var commit = _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "2")));

        await engine.UntilSyncedAsync(name, commit);
    }

    [Fact]
    public async Task C19_the_last_comparison_stands_while_a_repository_is_away_for_a_moment()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var name = await engine.CreateAsync(_repository, "app", space);
        await engine.UntilSyncedAsync(name);

        Directory.Move(Path.Combine(_repository.Path, ".git"), Path.Combine(_repository.Path, "away"));
        await engine.RefreshAsync(name);

        var application = await engine.GetAsync(name);
        Assert.Equal("Synced", EngineFixture.Text(application, "sync", "status"));
        Assert.Equal("", EngineFixture.Text(application, "conditions"));
        Assert.Contains("the last comparison stands", engine.Logger.ToString());
    }
}
