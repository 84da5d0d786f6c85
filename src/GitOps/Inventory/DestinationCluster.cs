using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SecretsOps.GitOps.Applications;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Discovery;

namespace SecretsOps.GitOps.Inventory;

/// <summary>One cluster that Applications deploy to: its client, its kinds and one watch per managed kind, shared by all of them.</summary>
internal sealed partial class DestinationCluster : IDisposable
{
    private static readonly TimeSpan FirstListLimit = TimeSpan.FromSeconds(60);
    private static readonly HashSet<string> NeverWatched = ["Event", "Lease", "Endpoints", "EndpointSlice", "CertificateSigningRequest"];

    private readonly ConcurrentDictionary<(string Group, string Kind), Lazy<KindWatch>> _watches = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, DestinationCluster> _actors = new(StringComparer.Ordinal);
    private readonly DestinationCluster? _root;
    private Task? _scan;

    public DestinationCluster(string server, ApiClient client, KeyedDigest digest, TimeProvider clock, ILogger logger)
    {
        Server = server;
        Client = client;
        Discovery = new ApiDiscovery(client);
        Inventory = new LiveInventory(digest);
        _clock = clock;
        _logger = logger;
    }

    private DestinationCluster(DestinationCluster root, ApiClient client)
    {
        Server = root.Server;
        Client = client;
        Discovery = root.Discovery;
        Inventory = root.Inventory;
        _clock = root._clock;
        _logger = root._logger;
        _root = root;
    }

    public string Server { get; }

    public ApiClient Client { get; }

    public ApiDiscovery Discovery { get; }

    public LiveInventory Inventory { get; }

    /// <summary>The server's version without its leading v, as charts see it; known after the first scan.</summary>
    public string KubernetesVersion { get; private set; } = "";

    /// <summary>Every <c>group/version</c> and <c>group/version/Kind</c> that the server has, as charts ask for them.</summary>
    public IReadOnlyList<string> ApiVersions { get; private set; } = [];

    /// <summary>Finds every kind that holds tracked objects, once; pruning needs to know also what Git no longer mentions.</summary>
    public Task ScannedAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _scan = _scan is null or { IsFaulted: true } or { IsCanceled: true } ? Task.Run(ScanAsync, CancellationToken.None) : _scan;
            return _scan.WaitAsync(cancellationToken);
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
        foreach (var watch in resources.Distinct().Where(resource => !NeverWatched.Contains(resource.Kind)).Select(Start).ToList())
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

    /// <summary>Whether objects of a kind are left out altogether: they come and go by the thousand and belong to the server.</summary>
    public static bool IsExcluded(string kind) => NeverWatched.Contains(kind);

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

    private KindWatch Start(ApiResource resource) => _watches.GetOrAdd((resource.Group, resource.Kind), _ => new Lazy<KindWatch>(() =>
    {
        var watch = new KindWatch(Client, resource, Inventory, _clock, _logger);
        Task.Run(() => watch.RunAsync(_stop.Token), CancellationToken.None);
        return watch;
    })).Value;

    private async Task ScanAsync()
    {
        var served = (await Discovery.AllAsync(_stop.Token)).Resources;
        KubernetesVersion = ((await Discovery.ServerVersionAsync(_stop.Token))["gitVersion"]?.ToString() ?? "").TrimStart('v');
        ApiVersions = [.. served.SelectMany(found => new[] { found.Resource.Gvk.ApiVersion, found.Resource.Gvk.ToString() }).Distinct()];
        var resources = served.Where(found => found.Verbs.Contains("list") && found.Verbs.Contains("watch")).Select(found => found.Resource).DistinctBy(resource => (resource.Group, resource.Kind));
        var tracked = new ConcurrentBag<ApiResource>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = _stop.Token };
        await Parallel.ForEachAsync(resources.Where(resource => !NeverWatched.Contains(resource.Kind)), options, async (resource, cancellationToken) =>
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
            var list = await Client.ListAsync(resource, "", new ListOptions { MetadataOnly = true }, cancellationToken);
            return list.Items.Any(item => item.Annotation(Annotations.TrackingId) is not null);
        }
        catch (ApiException exception)
        {
            LogSkipped(_logger, resource.QualifiedPlural, exception.Message);
            return false;
        }
    }

    [LoggerMessage(EventId = 2, Level = LogLevel.Debug, Message = "{Resource} cannot be listed and was left out of the first scan: {Reason}")]
    private static partial void LogSkipped(ILogger logger, string resource, string reason);
}
