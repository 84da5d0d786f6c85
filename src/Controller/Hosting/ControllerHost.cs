using SecretsOps.Controller.Http;
using SecretsOps.Controller.Keys;
using SecretsOps.Controller.Metrics;
using SecretsOps.Controller.Options;
using SecretsOps.Controller.Reconcilers;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Watching;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Controller.Hosting;

/// <summary>Builds every part of the controller for one cluster and runs them; this file is the list of what there is.</summary>
internal sealed class ControllerHost : IAsyncDisposable
{
    private readonly ControllerOptions _options;
    private readonly SealingKeyReader _keyReader;
    private readonly KeyRingWatcher _keyWatcher;
    private readonly NamespacedInformers _sealedSecrets;
    private readonly LiveSecrets _liveSecrets;
    private readonly EventRecorder _events;
    private readonly SealedSecretController _sealing;
    private readonly CertificateWatch _certificates;
    private readonly Leadership _leadership;
    private readonly IReadOnlyList<IClusterWorker> _workers;
    private readonly ApiEndpoints _api;
    private readonly MetricsEndpoints _metricsEndpoints;
    private ControllerHttpServer? _http;

    /// <summary>Wires everything; nothing runs yet.</summary>
    public ControllerHost(ApiClient client, ControllerOptions options, string ownNamespace, IReadOnlyList<IClusterWorker> workers, ILoggerFactory logs, KeyEnvironment? environment = null)
    {
        var time = client.Connection.TimeProvider;
        var order = options.Keys.OrderPriority == "SecretCreationTimestamp" ? KeyOrder.SecretCreationTimestamp : KeyOrder.CertNotBefore;
        var namespaces = WatchedNamespaces.Of(options.Reconcile, ownNamespace);
        _options = options;
        _workers = workers;

        Metrics = new ControllerMetrics(ProductVersion.Revision) { OmitSecretLabels = options.Http.OmitSecretLabels };
        Keys = new KeyRingState(new KeyRing(order));
        if (options.UnsealsForApplications)
        {
            workers.OfType<EngineWorker>().FirstOrDefault()?.Grant(Keys.Ring);
        }

        var masterKeys = new LocalKeyService(KeyCredentials.FromEnvironment(environment ?? new KeyEnvironment { Variable = Environment.GetEnvironmentVariable }));
        _keyReader = new SealingKeyReader(Keys, masterKeys, logs.CreateLogger<SealingKeyReader>());
        _keyWatcher = new KeyRingWatcher(client, ownNamespace, options.Keys, Keys, _keyReader, logs.CreateLogger<KeyRingWatcher>());
        Renewal = new KeyRenewalService(client, ownNamespace, options.Keys, Keys, _keyReader, masterKeys, logs.CreateLogger<KeyRenewalService>());
        _certificates = new CertificateWatch(Keys, options.Keys, Metrics, time, logs.CreateLogger<CertificateWatch>());

        _sealedSecrets = new NamespacedInformers(client, ApiResource.SealedSecrets, namespaces, new InformerOptions { LabelSelector = options.Reconcile.LabelSelector });
        _liveSecrets = new LiveSecrets(client, namespaces, options.Reconcile);
        _events = new EventRecorder(client, SealedSecretNames.EventSource, logs.CreateLogger<EventRecorder>());
        var settled = new SettledObjects();
        var writer = new SecretWriter(client, _liveSecrets);
        var unsealer = new SecretUnsealer(Keys, writer, Metrics, options.Reconcile);
        var statuses = new SealedSecretStatusWriter(client, _certificates.Warning);
        var reconciler = new SealedSecretReconciler(
            client, _sealedSecrets, _liveSecrets, Keys, settled, unsealer, statuses, _events, Metrics, options.Reconcile, logs.CreateLogger<SealedSecretReconciler>());
        _sealing = new SealedSecretController(
            _sealedSecrets, _liveSecrets, Keys, settled, reconciler, options.Reconcile, Metrics, time, logs.CreateLogger<SealedSecretController>());
        _events.IsBusy = () => _sealing.HasBacklog;

        var authorization = new CallerAuthorization(options.Http.AuthenticateCallers ? client : null);
        _api = new ApiEndpoints(
            new HealthEndpoints(WhyNotReady),
            new CertificateEndpoint(Keys.Ring),
            new VerifyEndpoint(Keys.Ring, options.Http, options.Reconcile, authorization),
            new RotateEndpoint(Keys.Ring, options.Http, authorization),
            new WebhookEndpoint(workers.OfType<EngineWorker>().FirstOrDefault()),
            new RequestGate(options.Http, authorization, time),
            Metrics,
            time,
            options.Http.WriteTimeout);
        _metricsEndpoints = new MetricsEndpoints(Metrics, () => KeyReport.Of(Keys, settled, time.GetUtcNow()));
        _leadership = new Leadership(client, ownNamespace, options.Replica, Metrics, logs.CreateLogger<Leadership>());
    }

    /// <summary>Every instrument.</summary>
    public ControllerMetrics Metrics { get; }

    /// <summary>The sealing keys.</summary>
    public KeyRingState Keys { get; }

    /// <summary>Makes keys; may be asked to.</summary>
    public KeyRenewalService Renewal { get; }

    /// <summary>The listeners, once started.</summary>
    public ControllerHttpServer Http => _http ?? throw new InvalidOperationException("the listeners are not started");

    /// <summary>Binds the listeners: probes answer from now on.</summary>
    /// <exception cref="IOException">An address is taken.</exception>
    public async Task StartAsync(CancellationToken cancellationToken) =>
        _http = await ControllerHttpServer.StartAsync(_options.Http, _api.AnswerAsync, _metricsEndpoints.AnswerAsync, cancellationToken);

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var always = new List<Task> { _leadership.RunAsync(LeadAsync, cancellationToken) };
        always.AddRange(_workers.Where(worker => worker.IsShared).Select(worker => worker.RunAsync(cancellationToken)));
        if (NeedsKeys)
        {
            always.Add(_keyWatcher.RunAsync(cancellationToken));
        }

        if (_options.IsSealingOn)
        {
            always.Add(_sealedSecrets.RunAsync(cancellationToken));
            always.Add(_liveSecrets.Informers?.RunAsync(cancellationToken) ?? Task.CompletedTask);
            always.Add(_events.RunAsync(cancellationToken));
            always.Add(_certificates.RunAsync(cancellationToken));
        }

        await Together.RunAsync(always);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_http is not null)
        {
            await _http.DisposeAsync();
        }

        Metrics.Dispose();
        _sealing.Dispose();
        _keyWatcher.Dispose();
        _keyReader.Dispose();
        Renewal.Dispose();
    }

    private async Task LeadAsync(CancellationToken cancellationToken)
    {
        var leading = _workers.Where(worker => !worker.IsShared).Select(worker => worker.RunAsync(cancellationToken)).ToList();
        if (_options.IsSealingOn)
        {
            leading.Add(UnsealAsync(cancellationToken));
        }

        await Together.RunAsync(leading);
    }

    private async Task UnsealAsync(CancellationToken cancellationToken)
    {
        await _keyWatcher.WaitForLoadAsync(cancellationToken);
        await Together.RunAsync([Renewal.RunAsync(cancellationToken), _sealing.LeadAsync(cancellationToken)]);
    }

    // The sync engine may be granted the keys where no SealedSecret is unsealed.
    private bool NeedsKeys => _options.IsSealingOn || _options.UnsealsForApplications;

    private string? WhyNotReady() =>
        NeedsKeys && !Keys.IsLoaded ? "the sealing keys are not read yet"
        : !_options.IsSealingOn ? null
        : Keys.Ring.Active is null ? "there is no sealing key yet"
        : !_sealedSecrets.IsSynced ? $"SealedSecrets are not listed yet{Because(_sealedSecrets)}"
        : _liveSecrets.Informers is { IsSynced: false } secrets ? $"Secrets are not listed yet{Because(secrets)}"
        : _sealedSecrets.LastError is { } error ? $"SealedSecrets cannot be watched: {error.Message}"
        : null;

    private static string Because(NamespacedInformers informers) => informers.LastError is { } error ? $": {error.Message}" : "";
}
