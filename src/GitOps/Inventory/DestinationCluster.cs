using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Settings;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Discovery;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Inventory;

/// <summary>One cluster that Applications deploy to: its client, its kinds and one watch per managed kind, shared by all of them.</summary>
internal sealed partial class DestinationCluster : IDisposable
{
    private static readonly TimeSpan FirstListLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ScanPause = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(string Group, string Kind, string Namespace), Lazy<KindWatch>> _watches = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ClusterScope _scope;
    private readonly CurrentSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, DestinationCluster> _actors = new(StringComparer.Ordinal);
    private readonly DestinationCluster? _root;
    private Task? _scan;
    private DateTimeOffset _nextScanAt = DateTimeOffset.MinValue;

    public DestinationCluster(string server, ApiClient client, ClusterScope scope, CurrentSettings settings, KeyedDigest digest, TimeProvider clock, ILogger logger)
    {
        Server = server;
        Client = client;
        Discovery = new ApiDiscovery(client);
        Inventory = new LiveInventory(digest);
        _scope = scope;
        _settings = settings;
        _clock = clock;
        _logger = logger;
    }

    private DestinationCluster(DestinationCluster root, ApiClient client)
    {
        Server = root.Server;
        Client = client;
        Discovery = root.Discovery;
        Inventory = root.Inventory;
        _scope = root._scope;
        _settings = root._settings;
        _clock = root._clock;
        _logger = root._logger;
        _root = root;
    }

    /// <summary>Raised when the first scan ended, well or not, and when a kind that could not be watched can be again.</summary>
    public event Action? StateChanged;

    public string Server { get; }

    public ApiClient Client { get; }

    public ApiDiscovery Discovery { get; }

    public LiveInventory Inventory { get; }

    /// <summary>The server's version without its leading v, as charts see it; known after the first scan.</summary>
    public string KubernetesVersion { get; private set; } = "";

    /// <summary>Every <c>group/version</c> and <c>group/version/Kind</c> that the server has, as charts ask for them.</summary>
    public IReadOnlyList<string> ApiVersions { get; private set; } = [];

    /// <summary>Whether every kind that holds tracked objects is known; pruning needs to know also what Git no longer mentions.</summary>
    public bool IsScanned { get; private set; }

    /// <summary>Why the last scan failed; empty when it did not, or was never tried.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Starts the first scan unless it is done, under way, or failed a moment ago. Nobody waits: <see cref="StateChanged"/> tells of the end.</summary>
    public void BeginScan()
    {
        lock (_lock)
        {
            if (!IsScanned && _scan is null && _clock.GetUtcNow() >= _nextScanAt && !_stop.IsCancellationRequested)
            {
                _scan = Task.Run(ScanOnceAsync, CancellationToken.None);
            }
        }
    }

    /// <summary>Starts watching kinds not watched yet and waits for their first lists; a broken kind is told, the others work on.</summary>
    public async Task<IReadOnlyList<string>> WatchAsync(IEnumerable<ApiResource> resources, CancellationToken cancellationToken)
    {
        if (_root is not null)
        {
            return await _root.WatchAsync(resources, cancellationToken);
        }

        var broken = new List<string>();
        foreach (var watch in resources.Distinct().Where(resource => !Excludes(resource.Group, resource.Kind)).SelectMany(Start).ToList())
        {
            try
            {
                await watch.Synced.WaitAsync(FirstListLimit, _clock, cancellationToken);
            }
            catch (Exception exception) when (exception is ApiException or TimeoutException)
            {
                broken.Add($"{watch.Resource.QualifiedPlural}: {exception.Message}");
            }
        }

        return broken;
    }

    /// <summary>One object as the server has it at this moment, which the inventory then knows too; null when there is none.</summary>
    /// <exception cref="ApiException">The server did not say.</exception>
    public async Task<LiveObject?> LookAsync(ApiResource resource, ObjectKey key, CancellationToken cancellationToken)
    {
        if (await Client.TryGetAsync(resource, key.Namespace, key.Name, cancellationToken) is { } stored)
        {
            return Inventory.Put(stored, resource);
        }

        if (Inventory.TryGet(key) is not null)
        {
            Inventory.Remove(key);
        }

        return null;
    }

    /// <summary>Whether objects of a kind are left out altogether: they come and go by the thousand and belong to the server.</summary>
    public bool Excludes(string group, string kind) => _settings.Value.Kinds.Excludes(group, kind, Server);

    /// <summary>The same cluster, written to under another identity; what is known of it is shared.</summary>
    public DestinationCluster ActingAs(string userName) => _actors.GetOrAdd(userName, name =>
        new DestinationCluster(this, new ApiClient(Client.Connection with { Impersonation = new Impersonation { UserName = name } })));

    public void Dispose()
    {
        foreach (var actor in _actors.Values)
        {
            actor.Client.Dispose();
        }

        _stop.Cancel();
        _stop.Dispose();
    }

    private IEnumerable<KindWatch> Start(ApiResource resource) => _scope.NamespacesFor(resource).Select(@namespace => _watches.GetOrAdd((resource.Group, resource.Kind, @namespace), _ => new Lazy<KindWatch>(() =>
    {
        var watch = new KindWatch(Client, resource, @namespace, Inventory, _clock, _logger);
        watch.Recovered += () => StateChanged?.Invoke();
        Task.Run(() => watch.RunAsync(_stop.Token), CancellationToken.None);
        return watch;
    })).Value);

    private async Task ScanOnceAsync()
    {
        try
        {
            await ScanAsync();
            IsScanned = true;
            Problem = "";
        }
        catch (Exception exception) when (exception is ApiException or KubeconfigException or HttpRequestException or IOException)
        {
            Problem = exception.Message;
            LogUnreachable(_logger, Server, exception.Message);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            lock (_lock)
            {
                _scan = null;
                _nextScanAt = _clock.GetUtcNow() + ScanPause;
            }
        }

        StateChanged?.Invoke();
    }

    private async Task ScanAsync()
    {
        var served = (await Discovery.AllAsync(_stop.Token)).Resources;
        KubernetesVersion = ((await Discovery.ServerVersionAsync(_stop.Token))["gitVersion"]?.ToString() ?? "").TrimStart('v');
        ApiVersions = [.. served.SelectMany(found => new[] { found.Resource.Gvk.ApiVersion, found.Resource.Gvk.ToString() }).Distinct()];
        var resources = served.Where(found => found.Verbs.Contains("list") && found.Verbs.Contains("watch")).Select(found => found.Resource).DistinctBy(resource => (resource.Group, resource.Kind));
        var tracked = new ConcurrentBag<ApiResource>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = _stop.Token };
        await Parallel.ForEachAsync(resources.Where(resource => !Excludes(resource.Group, resource.Kind)), options, async (resource, cancellationToken) =>
        {
            if (await HoldsTrackedAsync(resource, cancellationToken))
            {
                tracked.Add(resource);
            }
        });
        await WatchAsync(tracked, _stop.Token);
    }

    private async Task<bool> HoldsTrackedAsync(ApiResource resource, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var @namespace in _scope.NamespacesFor(resource))
            {
                var list = await Client.ListAsync(resource, @namespace, new ListOptions { MetadataOnly = true }, cancellationToken);
                if (list.Items.Any(item => item.Annotation(Annotations.TrackingId) is not null))
                {
                    return true;
                }
            }

            return false;
        }
        catch (ApiException exception)
        {
            LogSkipped(_logger, resource.QualifiedPlural, exception.Message);
            return false;
        }
    }

    [LoggerMessage(EventId = 2, Level = LogLevel.Debug, Message = "{Resource} cannot be listed and was left out of the first scan: {Reason}")]
    private static partial void LogSkipped(ILogger logger, string resource, string reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "Cluster {Server} cannot be looked over and will be tried again: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, string server, string reason);
}

/// <summary>Which part of a cluster is looked at: some namespaces or all, with or without what lies outside of namespaces.</summary>
internal sealed record ClusterScope(IReadOnlyList<string> Namespaces, bool IncludesClusterResources)
{
    public static readonly ClusterScope Everything = new([], true);

    /// <summary>The namespaces to list a kind in; one empty name stands for all, nothing for none.</summary>
    public IEnumerable<string> NamespacesFor(ApiResource resource) =>
        Namespaces.Count == 0 || !resource.IsNamespaced ? IncludesClusterResources || resource.IsNamespaced ? [""] : [] : Namespaces;
}
