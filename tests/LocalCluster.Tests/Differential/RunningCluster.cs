using SecretsOps.Testing;

namespace SecretsOps.LocalCluster.Tests.Differential;

/// <summary>One cluster for all scenarios, with a clock that the scenarios move on.</summary>
public sealed class RunningCluster : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly OffsetClock _clock = new();
    private LocalClusterServer? _server;

    public string KubeconfigPath => _server!.KubeconfigPath;

    public async Task InitializeAsync() => _server = await LocalClusterServer.StartAsync(
        new LocalClusterOptions { DataDirectory = _directory.Path, TimeProvider = _clock }, CancellationToken.None);

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        _directory.Dispose();
    }

    /// <summary>The next step happens in a later second.</summary>
    public Task LetTimePassAsync()
    {
        _clock.Offset += TimeSpan.FromSeconds(2);
        return Task.CompletedTask;
    }

    private sealed class OffsetClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
