using System.Collections.Concurrent;
using SecretsOps.GitOps.Tests.Engine;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.GitOps.Tests.Faults;

/// <summary>Asks an Application again and again what it says of its cluster, and looks whether that is so.</summary>
internal sealed class StatusWitness : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _valueOf = new();
    private readonly ConcurrentBag<string> _lies = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private int _checked;

    public StatusWitness(EngineFixture engine, string application, string space, IReadOnlyList<string> maps) =>
        _watching = Task.Run(() => WatchAsync(engine, application, space, maps));

    /// <summary>Times that the Application said it was synced although an object was not.</summary>
    public IReadOnlyCollection<string> Lies => _lies;

    /// <summary>Times that it said so and was right.</summary>
    public int Truths => _checked;

    /// <summary>What the ConfigMaps hold at a commit.</summary>
    public void Expect(string commit, string value) => _valueOf[commit] = value;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync(EngineFixture engine, string application, string space, IReadOnlyList<string> maps)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await LookAsync(engine, application, space, maps);
            }
            catch (ApiException)
            {
                // The API server restarts: no answer is no lie.
            }

            await Task.Delay(5, CancellationToken.None);
        }
    }

    // Between two readings of the same version of the Application the objects must be what it says.
    private async Task LookAsync(EngineFixture engine, string application, string space, IReadOnlyList<string> maps)
    {
        var before = await engine.GetAsync(application);
        var revision = EngineFixture.Text(before, "sync", "revision");
        if (EngineFixture.Text(before, "sync", "status") != "Synced" || EngineFixture.Text(before, "operationState", "phase") != "Succeeded" || !_valueOf.TryGetValue(revision, out var value))
        {
            return;
        }

        var held = new List<string>();
        foreach (var map in maps)
        {
            var live = await engine.Client.TryGetAsync(ApiResource.ConfigMaps, space, map, CancellationToken.None);
            held.Add($"{map}={(string?)live?.Json["data"]?["key"] ?? "nothing"}");
        }

        if ((await engine.GetAsync(application)).ResourceVersion != before.ResourceVersion)
        {
            return;
        }

        Interlocked.Increment(ref _checked);
        if (held.Any(text => !text.EndsWith($"={value}", StringComparison.Ordinal)))
        {
            _lies.Add($"Synced to {revision} ({value}) while {string.Join(", ", held)}");
        }
    }
}
