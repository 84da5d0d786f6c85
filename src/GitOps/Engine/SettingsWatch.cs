using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Clusters;
using SecretsOps.GitOps.Settings;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Sources.Charts;
using SecretsOps.GitOps.Webhooks;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Watching;

namespace SecretsOps.GitOps.Engine;

/// <summary>Follows the Secrets and ConfigMaps by which Argo CD's users describe clusters, repositories and whom to trust.</summary>
internal sealed partial class SettingsWatch
{
    private const string SignersMap = "argocd-gpg-keys-cm";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly CurrentSettings _settings;
    private readonly Informer _secrets;
    private readonly Informer _maps;
    private readonly Informer _webhookSecret;
    private readonly ClusterRegistry _clusters;
    private readonly RepositoryRegistry _repositories;
    private readonly RepositoryStore _store;
    private readonly ChartStore _charts;
    private readonly CommitSignatures _signatures;
    private readonly string _namespace;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();

    public SettingsWatch(ApiClient client, string controlNamespace, CurrentSettings settings, ClusterRegistry clusters, RepositoryRegistry repositories, RepositoryStore store, ChartStore charts, CommitSignatures signatures, TimeProvider clock, ILogger logger)
    {
        (_settings, _clusters, _repositories, _store, _charts, _signatures, _namespace, _clock, _logger) = (settings, clusters, repositories, store, charts, signatures, controlNamespace, clock, logger);
        _secrets = new Informer(client, ApiResource.Secrets, new InformerOptions { Namespace = controlNamespace, LabelSelector = Annotations.SecretType });
        _maps = new Informer(client, ApiResource.ConfigMaps, new InformerOptions { Namespace = controlNamespace, LabelSelector = "", Transform = KeepWanted });
        _webhookSecret = new Informer(client, ApiResource.Secrets, new InformerOptions { Namespace = controlNamespace, FieldSelector = $"metadata.name={WebhookSecrets.SecretName}" });
    }

    /// <summary>What senders of webhooks prove themselves by.</summary>
    public WebhookSecrets Webhooks { get; } = new();

    /// <summary>Raised when clusters or ways to repositories changed.</summary>
    public event Action? Changed;

    /// <summary>Follows until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        _secrets.Changed += _ => TakeSecrets();
        _maps.Changed += change => TakeMaps(change.Name.Name);
        _webhookSecret.Changed += _ => Webhooks.Replace(_webhookSecret.TryGet(new NamespacedName(_namespace, WebhookSecrets.SecretName)));
        return Task.WhenAll(
            Task.Run(() => _webhookSecret.RunAsync(cancellationToken), CancellationToken.None),
            Task.Run(() => _secrets.RunAsync(cancellationToken), CancellationToken.None),
            Task.Run(() => _maps.RunAsync(cancellationToken), CancellationToken.None));
    }

    /// <summary>Waits for the first lists; not for ever, because a controller that may not read them can still serve public repositories.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_secrets.WaitForSyncAsync(cancellationToken), _maps.WaitForSyncAsync(cancellationToken)).WaitAsync(Patience, _clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            LogUnread(_logger, _namespace, (_secrets.LastError ?? _maps.LastError)?.Message ?? "no answer");
        }

        TakeSecrets();
        TakeMaps(RepositoryRegistry.KnownHostsMap);
    }

    private void TakeSecrets()
    {
        lock (_lock)
        {
            List<KubernetesObject> secrets = [.. _secrets.Snapshot().Select(entry => KubernetesObject.Parse(entry.Value.Span))];
            _clusters.Replace(secrets.Where(secret => secret.Label(Annotations.SecretType) == ClusterSecret.Type));
            _repositories.ReplaceSecrets(secrets);
            _store.ForgetChanged(_repositories.For);
            _charts.ForgetChanged();
        }

        Changed?.Invoke();
    }

    private void TakeMaps(string changed)
    {
        if (changed is not (RepositoryRegistry.KnownHostsMap or RepositoryRegistry.CertificatesMap or SignersMap or EngineSettings.MapName))
        {
            return;
        }

        lock (_lock)
        {
            _repositories.ReplaceTrust(Data(RepositoryRegistry.KnownHostsMap).TextAt("ssh_known_hosts"), Data(RepositoryRegistry.CertificatesMap));
            _signatures.Replace(Data(SignersMap));
            TakeSettings();
            _store.ForgetChanged(_repositories.For);
            _charts.ForgetChanged();
        }

        Changed?.Invoke();
    }

    private void TakeSettings()
    {
        var settings = EngineSettings.Read(Data(EngineSettings.MapName));
        if (settings.Version == _settings.Value.Version)
        {
            return;
        }

        _settings.Value = settings;
        foreach (var problem in settings.Problems)
        {
            LogProblem(_logger, problem);
        }
    }

    private JsonObject Data(string map) => _maps.TryGet(new NamespacedName(_namespace, map))?.Json["data"] as JsonObject ?? [];

    // Other ConfigMaps of the namespace are none of ours: nothing of them is kept but the name.
    private static KubernetesObject KeepWanted(KubernetesObject map)
    {
        if (map.Name is not (RepositoryRegistry.KnownHostsMap or RepositoryRegistry.CertificatesMap or SignersMap or EngineSettings.MapName))
        {
            map.Json.Remove("data");
            map.Json.Remove("binaryData");
        }

        return map;
    }

    [LoggerMessage(EventId = 51, Level = LogLevel.Error, Message = "A setting counts as not made: {Problem}")]
    private static partial void LogProblem(ILogger logger, string problem);

    [LoggerMessage(EventId = 50, Level = LogLevel.Warning, Message = "The Secrets and ConfigMaps of namespace {Namespace} that describe clusters and repositories cannot be read yet: {Reason}")]
    private static partial void LogUnread(ILogger logger, string @namespace, string reason);
}
