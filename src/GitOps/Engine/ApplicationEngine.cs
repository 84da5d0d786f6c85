using Microsoft.Extensions.Logging;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.ApplicationSets;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Inventory;
using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Sources.Charts;
using SecretsOps.GitOps.Tools;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Reconciling;
using SecretsOps.Kubernetes.Watching;

namespace SecretsOps.GitOps.Engine;

/// <summary>The sync engine: watches Applications, repositories, keys and live objects, and keeps the cluster as Git says.</summary>
public sealed partial class ApplicationEngine : IDisposable
{
    private readonly EngineOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly KeyedDigest _digest = new();
    private readonly ClusterRegistry _clusters;
    private readonly SettingsWatch _settings;
    private readonly RepositoryStore _repositories;
    private readonly ChartStore _charts;
    private readonly RenderCache _renderings = new();
    private readonly Informer _applications;
    private readonly Informer _projects;
    private readonly Informer _keySecrets;
    private readonly DecryptionKeys _keys;
    private readonly ProjectStore _projectStore;
    private readonly ApplicationStore _store;
    private readonly ApplicationReconciler _reconciler;
    private readonly ApplicationSetEngine _sets;
    private readonly TaskCompletionSource _isSettled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WorkQueue<NamespacedName> _queue;

    /// <summary>Wires the engine; nothing runs before <see cref="RunAsync"/>.</summary>
    public ApplicationEngine(ApiClient client, EngineOptions options, TimeProvider clock, ILogger logger)
    {
        (_options, _clock, _logger) = (options, clock, logger);
        var tools = new ToolBox(options.SearchPath, clock);
        _clusters = new ClusterRegistry(Follow(new DestinationCluster(Destination.InClusterServer, client, ClusterScope.Everything, _digest, clock, logger)), _digest, Open, clock, options.EnvironmentVariable);
        var access = new RepositoryRegistry();
        _repositories = new RepositoryStore(tools, options.CacheFolder, access.For, clock);
        _charts = new ChartStore(options.CacheFolder, access, clock);
        _settings = new SettingsWatch(client, options.ControlNamespace, _clusters, access, _repositories, _charts, clock, logger);
        _applications = new Informer(client, ApiResource.Applications, new InformerOptions { Namespace = options.ApplicationNamespaces.Count == 0 ? options.ControlNamespace : "" });
        _projects = new Informer(client, ApiResource.AppProjects, new InformerOptions { Namespace = options.ControlNamespace });
        _keySecrets = new Informer(client, ApiResource.Secrets, new InformerOptions { Namespace = options.KeyNamespace, LabelSelector = $"{Annotations.DecryptionKey}=active" });
        _keys = new DecryptionKeys(_digest, $"create a Secret labelled {Annotations.DecryptionKey}=active in namespace '{options.KeyNamespace}'");
        _store = new ApplicationStore(client, _applications, options.ControlNamespace);
        _projectStore = new ProjectStore(client, _projects, access, options.ControlNamespace);
        _queue = new WorkQueue<NamespacedName>(clock);
        var sources = new SourceFetcher(_repositories, _charts);
        var ignored = new IgnoredFields(tools);
        var pipeline = new SyncPipeline(
            sources,
            new SourceRenderer(RendererSet.For(tools, _charts, options.PluginFolder), new SopsFileDecryptor(_keys), _keys, _renderings),
            new ManifestOpener(options.ManifestDecryptors),
            new Differ(ignored, _digest),
            new OperationRunner(new GroupRunner(new ObjectWriter(clock))),
            _digest);
        var events = new EventRecorder(client, clock, logger);
        var writer = new VisitWriter(_store, events, logger);
        _reconciler = new ApplicationReconciler(_store, _projectStore, _clusters, sources, pipeline, _keys, new ApplicationDeletion(_store, _clusters), writer, _digest, options, clock, logger);
        var sets = new Informer(client, ApiResource.ApplicationSets, new InformerOptions { Namespace = options.ApplicationNamespaces.Count == 0 ? options.ControlNamespace : "" });
        var changes = new ApplicationSetChanges(client, _store, new ApplicationMerge(ignored), events);
        _sets = new ApplicationSetEngine(sets, _applications, new ApplicationSetReconciler(client, sets, _store, _projectStore, _clusters, _repositories, changes, options, clock, logger), IsServed, clock, logger);
    }

    /// <summary>Whether Applications, projects and keys have been read once.</summary>
    public bool IsReady => _applications.IsSynced && _projects.IsSynced && _keySecrets.IsSynced;

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_options.CacheFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Listen();
        List<Task> running = [.. new[] { _applications, _projects, _keySecrets }.Select(informer => Task.Run(() => informer.RunAsync(cancellationToken), CancellationToken.None))];
        running.Add(_settings.RunAsync(cancellationToken));
        running.Add(_sets.RunAsync(_isSettled.Task, cancellationToken));
        running.Add(RunWorkersAsync(cancellationToken));
        running.Add(PollAsync(cancellationToken));
        await Task.WhenAll(running);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue.Dispose();
        _sets.Dispose();
        _clusters.Dispose();
        _repositories.Dispose();
        _charts.Dispose();
        _renderings.Dispose();
    }

    private void Listen()
    {
        _applications.Changed += change => Enqueue(change.Name);
        _projects.Changed += _ => EnqueueAll();
        _keySecrets.Changed += _ => TakeKeys();
        _settings.Changed += () =>
        {
            EnqueueAll();
            _sets.EnqueueAll();
        };
        _repositories.RefsChanged += EnqueueUsersOf;
        _charts.VersionsChanged += EnqueueUsersOf;
    }

    private async Task RunWorkersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _keySecrets.WaitForSyncAsync(cancellationToken);
            await _projects.WaitForSyncAsync(cancellationToken);
            await _settings.WaitAsync(cancellationToken);
            await EnsureDefaultProjectAsync(cancellationToken);
            TakeKeys();
            _isSettled.TrySetResult();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        var loop = new ReconcileLoop<NamespacedName>(_queue, _reconciler.ReconcileAsync, _options.Workers, _clock)
        {
            Finished = outcome =>
            {
                if (outcome.Error is { } error)
                {
                    LogFailed(_logger, outcome.Key, error.Message);
                }
            },
        };
        await loop.RunAsync(cancellationToken);
    }

    private async Task EnsureDefaultProjectAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _projectStore.EnsureDefaultAsync(cancellationToken);
        }
        catch (ApiException exception)
        {
            LogNoDefault(_logger, exception.Message);
        }
    }

    /// <summary>One timer for all repositories: each is asked once per interval, and a change wakes the Applications that use it.</summary>
    private async Task PollAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_options.PollInterval, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var used = UsedRepositories();
                await Task.WhenAll(
                    _repositories.PollAllAsync(used, reason => LogPollFailed(_logger, reason), cancellationToken),
                    _charts.PollAllAsync(used, reason => LogPollFailed(_logger, reason), cancellationToken));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
    }

    private void EnqueueUsersOf(string identity)
    {
        _sets.EnqueueUsersOf(identity);
        foreach (var application in _store.All().Where(application => application.Sources.Any(source => RepositoryUrl.Identity(source.RepoUrl) == identity)))
        {
            Enqueue(application.Key);
        }
    }

    private HashSet<string> UsedRepositories() =>
        [.. _store.All().SelectMany(application => application.Sources).Select(source => RepositoryUrl.Identity(source.RepoUrl)), .. _sets.UsedRepositories];

    private DestinationCluster Open(string server, ClusterConnection connection, ClusterScope scope) =>
        Follow(new DestinationCluster(server, new ApiClient(connection), scope, _digest, _clock, _logger));

    private DestinationCluster Follow(DestinationCluster cluster)
    {
        cluster.Inventory.Changed += instance => Enqueue(NameOf(instance));
        cluster.StateChanged += () =>
        {
            foreach (var application in _store.All().Where(application => _clusters.Find(application.Destination).Cluster == cluster))
            {
                Enqueue(application.Key);
            }
        };
        return cluster;
    }

    private void TakeKeys()
    {
        List<KubernetesObject> secrets = [.. _keySecrets.Snapshot().Select(entry => KubernetesObject.Parse(entry.Value.Span))];
        if (_keys.Replace(secrets))
        {
            EnqueueAll();
        }
    }

    private void EnqueueAll()
    {
        foreach (var name in _store.Names())
        {
            Enqueue(name);
        }
    }

    private void Enqueue(NamespacedName name)
    {
        if (IsServed(name.Namespace))
        {
            _queue.Add(name);
        }
    }

    private bool IsServed(string @namespace) =>
        @namespace == _options.ControlNamespace || _options.ApplicationNamespaces.Any(pattern => GlobPattern.IsMatch(pattern, @namespace));

    private NamespacedName NameOf(string instance)
    {
        var separator = instance.IndexOf('_', StringComparison.Ordinal);
        return separator < 0 ? new NamespacedName(_options.ControlNamespace, instance) : new NamespacedName(instance[..separator], instance[(separator + 1)..]);
    }

    [LoggerMessage(EventId = 40, Level = LogLevel.Warning, Message = "Application {Application}: will be tried again: {Reason}")]
    private static partial void LogFailed(ILogger logger, NamespacedName application, string reason);

    [LoggerMessage(EventId = 41, Level = LogLevel.Warning, Message = "The default AppProject could not be made: {Reason}")]
    private static partial void LogNoDefault(ILogger logger, string reason);

    [LoggerMessage(EventId = 42, Level = LogLevel.Warning, Message = "A repository was not polled: {Reason}")]
    private static partial void LogPollFailed(ILogger logger, string reason);
}
