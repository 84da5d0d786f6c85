using Microsoft.Extensions.Logging;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Inventory;
using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Sources;
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
    private readonly DestinationCluster _cluster;
    private readonly RepositoryStore _repositories;
    private readonly Informer _applications;
    private readonly Informer _projects;
    private readonly Informer _keySecrets;
    private readonly DecryptionKeys _keys;
    private readonly ProjectStore _projectStore;
    private readonly ApplicationStore _store;
    private readonly ApplicationReconciler _reconciler;
    private readonly WorkQueue<NamespacedName> _queue;

    /// <summary>Wires the engine; nothing runs before <see cref="RunAsync"/>.</summary>
    public ApplicationEngine(ApiClient client, EngineOptions options, TimeProvider clock, ILogger logger)
    {
        (_options, _clock, _logger) = (options, clock, logger);
        var tools = new ToolBox(options.SearchPath, clock);
        _cluster = new DestinationCluster(Destination.InClusterServer, client, _digest, clock, logger);
        _repositories = new RepositoryStore(tools, options.CacheFolder, _ => RepositoryCredentials.None, clock);
        _applications = new Informer(client, ApiResource.Applications, new InformerOptions { Namespace = options.ApplicationNamespaces.Count == 0 ? options.ControlNamespace : "" });
        _projects = new Informer(client, ApiResource.AppProjects, new InformerOptions { Namespace = options.ControlNamespace });
        _keySecrets = new Informer(client, ApiResource.Secrets, new InformerOptions { Namespace = options.KeyNamespace, LabelSelector = $"{Annotations.DecryptionKey}=active" });
        _keys = new DecryptionKeys(_digest, $"create a Secret labelled {Annotations.DecryptionKey}=active in namespace '{options.KeyNamespace}'", options.KeysOf);
        _store = new ApplicationStore(client, _applications, options.ControlNamespace);
        _projectStore = new ProjectStore(client, _projects, options.ControlNamespace);
        _queue = new WorkQueue<NamespacedName>(clock);
        var sources = new SourceFetcher(_repositories);
        var objects = new ObjectWriter(clock);
        var pipeline = new SyncPipeline(
            sources,
            RendererSet.For(tools, options.PluginFolder),
            new ManifestOpener(options.ManifestDecryptors),
            new Differ(new IgnoredFields(tools), _digest),
            new OperationRunner(new GroupRunner(objects, new RespectedFields(tools))),
            _digest);
        var clusters = new ClusterRegistry(_cluster);
        var writer = new VisitWriter(_store, new EventRecorder(client, clock, logger), logger);
        _reconciler = new ApplicationReconciler(_store, _projectStore, clusters, sources, pipeline, _keys, new ApplicationDeletion(_store, clusters, new DeletionHooks(objects), clock), writer, _digest, options, clock, logger);
    }

    /// <summary>Whether Applications, projects and keys have been read once.</summary>
    public bool IsReady => _applications.IsSynced && _projects.IsSynced && _keySecrets.IsSynced;

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_options.CacheFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Listen();
        List<Task> running = [.. new[] { _applications, _projects, _keySecrets }.Select(informer => Task.Run(() => informer.RunAsync(cancellationToken), CancellationToken.None))];
        running.Add(RunWorkersAsync(cancellationToken));
        running.Add(PollAsync(cancellationToken));
        await Task.WhenAll(running);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue.Dispose();
        _cluster.Dispose();
        _repositories.Dispose();
    }

    private void Listen()
    {
        _applications.Changed += change => Enqueue(change.Name);
        _projects.Changed += _ => EnqueueAll();
        _keySecrets.Changed += _ => TakeKeys();
        _cluster.Inventory.Changed += instance => Enqueue(NameOf(instance));
        _repositories.RefsChanged += url =>
        {
            foreach (var application in _store.All().Where(application => application.Sources.Any(source => source.RepoUrl == url)))
            {
                Enqueue(application.Key);
            }
        };
    }

    private async Task RunWorkersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _keySecrets.WaitForSyncAsync(cancellationToken);
            await _projects.WaitForSyncAsync(cancellationToken);
            await EnsureDefaultProjectAsync(cancellationToken);
            TakeKeys();
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
                await Parallel.ForEachAsync(_repositories.Addresses, cancellationToken, PollAsync);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async ValueTask PollAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            await _repositories.PollAsync(url, cancellationToken);
        }
        catch (SourceException exception)
        {
            LogPollFailed(_logger, exception.Message);
        }
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
        if (name.Namespace == _options.ControlNamespace || _options.ApplicationNamespaces.Any(pattern => GlobPattern.IsMatch(pattern, name.Namespace)))
        {
            _queue.Add(name);
        }
    }

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
