using Microsoft.Extensions.Logging;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.ApplicationSets;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Inventory;
using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Settings;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Sources.Charts;
using SecretsOps.GitOps.Telemetry;
using SecretsOps.GitOps.Tools;
using SecretsOps.GitOps.Tools.Confining;
using SecretsOps.GitOps.Webhooks;
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
    private readonly CurrentSettings _current = new();
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
    private readonly EngineGauges _gauges;
    private readonly ReplicaShare? _share;
    private readonly CancellationTokenSource _stopping = new();
    private volatile WebhookEvent? _latestPush;
    private readonly TaskCompletionSource _isSettled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WorkQueue<NamespacedName> _queue;

    /// <summary>Wires the engine; nothing runs before <see cref="RunAsync"/>.</summary>
    public ApplicationEngine(ApiClient client, EngineOptions options, TimeProvider clock, ILogger logger)
    {
        (_options, _clock, _logger) = (options, clock, logger);
        var tools = new ToolBox(options.SearchPath, clock);
        _clusters = new ClusterRegistry(Follow(new DestinationCluster(Destination.InClusterServer, client, ClusterScope.Everything, _current, _digest, clock, logger)), _digest, Open, clock, options.EnvironmentVariable);
        var access = new RepositoryRegistry();
        _repositories = new RepositoryStore(tools, options.CacheFolder, access.For, clock) { FollowsSubmodules = options.FollowsSubmodules };
        _charts = new ChartStore(options.CacheFolder, access, clock);
        var signatures = new CommitSignatures(_repositories, tools);
        _settings = new SettingsWatch(client, options.ControlNamespace, _current, _clusters, access, _repositories, _charts, signatures, clock, logger);
        _applications = new Informer(client, ApiResource.Applications, new InformerOptions { Namespace = options.ApplicationNamespaces.Count == 0 ? options.ControlNamespace : "" });
        _projects = new Informer(client, ApiResource.AppProjects, new InformerOptions { Namespace = options.ControlNamespace });
        _keySecrets = new Informer(client, ApiResource.Secrets, new InformerOptions { Namespace = options.KeyNamespace, LabelSelector = $"{Annotations.DecryptionKey}=active" });
        _keys = new DecryptionKeys(_digest, $"create a Secret labelled {Annotations.DecryptionKey}=active in namespace '{options.KeyNamespace}'", options.KeysOf);
        _store = new ApplicationStore(client, _applications, _current, options.ControlNamespace);
        _projectStore = new ProjectStore(client, _projects, access, _current, options.ControlNamespace);
        _queue = new WorkQueue<NamespacedName>(clock);
        _share = options.Sharing is null ? null : new ReplicaShare(client, options.Sharing, clock, logger);
        var sources = new SourceFetcher(_repositories, _charts);
        var ignored = new IgnoredFields(tools);
        var objects = new ObjectWriter(clock);
        var pipeline = new SyncPipeline(
            sources,
            new SourceRenderer(RendererSet.For(tools, _charts, options.PluginFolder), _renderings),
            new ManifestOpener(options.ManifestDecryptors),
            new Differ(ignored, _digest, clock),
            new OperationRunner(new GroupRunner(objects, new RespectedFields(tools), clock)),
            _digest);
        var events = new EventRecorder(client, clock, logger);
        var writer = new VisitWriter(_store, events, logger);
        _reconciler = new ApplicationReconciler(_store, _projectStore, _clusters, sources, signatures, pipeline, _keys, new ApplicationDeletion(_store, _clusters, new DeletionHooks(objects), events, clock), writer, _digest, options, clock, logger);
        _gauges = new EngineGauges(() => _store.All().Where(application => IsOurs(application.Key)), _clusters);
        var sets = new Informer(client, ApiResource.ApplicationSets, new InformerOptions { Namespace = options.ApplicationNamespaces.Count == 0 ? options.ControlNamespace : "" });
        var changes = new ApplicationSetChanges(client, _store, new ApplicationMerge(ignored), events);
        _sets = new ApplicationSetEngine(sets, _applications, new ApplicationSetReconciler(client, sets, _store, _projectStore, _clusters, _repositories, changes, options, clock, logger), IsOurs, clock, logger);
    }

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stopped = cancellationToken.Register(_stopping.Cancel);
        TellConfinement();
        Directory.CreateDirectory(_options.CacheFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Listen();
        List<Task> running = [.. new[] { _applications, _projects, _keySecrets }.Select(informer => Task.Run(() => informer.RunAsync(cancellationToken), CancellationToken.None))];
        running.Add(_settings.RunAsync(cancellationToken));
        running.Add(_sets.RunAsync(_isSettled.Task, cancellationToken));
        running.Add(_share?.RunAsync(cancellationToken) ?? Task.CompletedTask);
        running.Add(RunWorkersAsync(cancellationToken));
        running.Add(PollAsync(cancellationToken));
        await Task.WhenAll(running);
    }

    private void TellConfinement()
    {
        if (Landlock.Version > 0)
        {
            LogConfined(_logger, Landlock.Version);
        }
        else
        {
            LogNotConfined(_logger);
        }
    }

    /// <summary>Takes a Git service's word that something was pushed; what it concerns is looked at in the background, its Applications first.</summary>
    public WebhookReply TakeWebhook(WebhookRequest request)
    {
        var (pushed, reply) = new WebhookReader(_settings.Webhooks).Read(request);
        if (pushed is not null)
        {
            _ = Task.Run(() => FollowAsync(pushed));
        }

        return reply;
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
        _gauges.Dispose();
        _stopping.Dispose();
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
        if (_share is not null)
        {
            _share.Changed += EnqueueAll;
            _share.Changed += _sets.EnqueueAll;
        }

        _repositories.RefsChanged += EnqueueUsersOf;
        _repositories.CopyMadeAnew += told => LogMadeAnew(_logger, told);
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

        var loop = new ReconcileLoop<NamespacedName>(_queue, ReconcileAsync, _options.Workers, _clock)
        {
            Finished = outcome =>
            {
                EngineTelemetry.CountReconcile(outcome.Key.Namespace, outcome.Duration);
                if (outcome.Error is { } error)
                {
                    LogFailed(_logger, outcome.Key, error.Message);
                }
            },
        };
        await loop.RunAsync(cancellationToken);
    }

    private async Task<ReconcileResult> ReconcileAsync(NamespacedName name, CancellationToken cancellationToken)
    {
        if (IsOurs(name))
        {
            return await _reconciler.ReconcileAsync(name, cancellationToken);
        }

        _reconciler.Forget(name); // it may come back, when others have changed everything
        return ReconcileResult.Done;
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
        bool IsRepository(string url) => RepositoryUrl.Identity(url) == identity;

        // Whom a push concerns goes first; the others have only to find that they are not concerned.
        var files = _latestPush?.Files;
        var users = _store.All().Where(application => application.Sources.Any(source => IsRepository(source.RepoUrl)));
        foreach (var application in users.OrderByDescending(application => files is not null && ConcernedApplications.MayConcern(application, IsRepository, files)))
        {
            Enqueue(application.Key);
        }
    }

    private async Task FollowAsync(WebhookEvent pushed)
    {
        bool IsPushed(string url) => pushed.Addresses.Any(address => RepositoryUrl.IsSame(address, url));
        try
        {
            _latestPush = pushed;
            await _repositories.PollAsync(IsPushed, _stopping.Token);
            foreach (var application in _store.All().Where(application => IsServed(application.Key.Namespace) && !IsOurs(application.Key) && ConcernedApplications.MayConcern(application, IsPushed, pushed.Files)))
            {
                // Another replica's: it sees the annotation, as if a person had asked for a refresh.
                await _store.PatchAsync(application.Key, RefreshRequest(), _stopping.Token);
            }
        }
        catch (Exception exception) when (exception is SourceException or ApiException)
        {
            LogPollFailed(_logger, exception.Message);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
    }

    private static System.Text.Json.Nodes.JsonObject RefreshRequest() => new()
    {
        ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["annotations"] = new System.Text.Json.Nodes.JsonObject { [Annotations.Refresh] = "normal" } },
    };

    private HashSet<string> UsedRepositories() =>
        [.. _store.All().Where(application => IsOurs(application.Key)).SelectMany(application => application.Sources).Select(source => RepositoryUrl.Identity(source.RepoUrl)), .. _sets.UsedRepositories];

    private DestinationCluster Open(string server, ClusterConnection connection, ClusterScope scope) =>
        Follow(new DestinationCluster(server, new ApiClient(connection), scope, _current, _digest, _clock, _logger));

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
        if (IsOurs(name))
        {
            _queue.Add(name);
        }
    }

    /// <summary>Whether a name is in a namespace that counts, and this replica's.</summary>
    private bool IsOurs(NamespacedName name) => IsServed(name.Namespace) && (_share is null || _share.Owns(name));

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

    [LoggerMessage(EventId = 43, Level = LogLevel.Warning, Message = "{Told}")]
    private static partial void LogMadeAnew(ILogger logger, string told);

    [LoggerMessage(EventId = 44, Level = LogLevel.Information, Message = "Renderers are confined by Landlock, version {Version}")]
    private static partial void LogConfined(ILogger logger, int version);

    [LoggerMessage(EventId = 45, Level = LogLevel.Warning, Message = "Renderers are not confined: this kernel has no Landlock (Linux 5.13 and later have it, where it is in the list of 'lsm='); run nothing but trusted plug-ins")]
    private static partial void LogNotConfined(ILogger logger);

    [LoggerMessage(EventId = 42, Level = LogLevel.Warning, Message = "A repository was not polled: {Reason}")]
    private static partial void LogPollFailed(ILogger logger, string reason);
}
