using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Testing.Faults;

/// <summary>Asks an Application again and again what it says of its cluster, and looks whether that is so.</summary>
public sealed class StatusWitness : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _valueOf = new();
    private readonly ConcurrentBag<string> _lies = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private readonly ApiClient _client;
    private readonly string _controlNamespace;
    private readonly string _application;
    private readonly string _space;
    private readonly IReadOnlyList<string> _maps;
    private int _checked;

    /// <summary>Begins at once; <paramref name="maps"/> are the ConfigMaps whose <c>key</c> is looked at.</summary>
    public StatusWitness(ApiClient client, string controlNamespace, string application, string space, IReadOnlyList<string> maps)
    {
        (_client, _controlNamespace, _application, _space, _maps) = (client, controlNamespace, application, space, maps);
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Times that the Application said it was synced although an object was not.</summary>
    public IReadOnlyCollection<string> Lies => _lies;

    /// <summary>Times that it said so and was right.</summary>
    public int Truths => _checked;

    /// <summary>What the ConfigMaps hold at a commit.</summary>
    public void Expect(string commit, string value) => _valueOf[commit] = value;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await LookAsync();
            }
            catch (ApiException)
            {
                // The API server restarts: no answer is no lie.
            }

            await Task.Delay(5, CancellationToken.None);
        }
    }

    // Between two readings of the same version of the Application the objects must be what it says.
    private async Task LookAsync()
    {
        var before = await GetAsync();
        var revision = Text(before, "sync", "revision");
        if (Text(before, "sync", "status") != "Synced" || Text(before, "operationState", "phase") != "Succeeded" || !_valueOf.TryGetValue(revision, out var value))
        {
            return;
        }

        var held = new List<string>();
        foreach (var map in _maps)
        {
            var live = await _client.TryGetAsync(ApiResource.ConfigMaps, _space, map, CancellationToken.None);
            held.Add($"{map}={(string?)live?.Json["data"]?["key"] ?? "nothing"}");
        }

        if ((await GetAsync()).ResourceVersion != before.ResourceVersion)
        {
            return;
        }

        Interlocked.Increment(ref _checked);
        if (held.Any(text => !text.EndsWith($"={value}", StringComparison.Ordinal)))
        {
            _lies.Add($"Synced to {revision} ({value}) while {string.Join(", ", held)}");
        }
    }

    private Task<KubernetesObject> GetAsync() => _client.GetAsync(ApiResource.Applications, _controlNamespace, _application, CancellationToken.None);

    private static string Text(KubernetesObject value, string first, string second) => (value.Json["status"]?[first] as JsonObject)?[second]?.ToString() ?? "";
}
