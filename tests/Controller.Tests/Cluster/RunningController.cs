using System.Text;
using System.Text.Json.Nodes;

using Microsoft.Extensions.Logging;

using SecretsOps.Controller.Hosting;
using SecretsOps.Controller.Logging;
using SecretsOps.Controller.Options;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.Cluster;

/// <summary>A controller in this process, working on a test cluster from a namespace of its own.</summary>
internal sealed class RunningController : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ApiClient _client;
    private readonly LoggerFactory _logs;
    private readonly StringWriter _log;
    private Task _running = Task.CompletedTask;

    private RunningController(ApiClient client, string ownNamespace, ControllerHost host, LoggerFactory logs, StringWriter log) =>
        (_client, OwnNamespace, Host, _logs, _log) = (client, ownNamespace, host, logs, log);

    public ControllerHost Host { get; }

    public string OwnNamespace { get; }

    /// <summary>Everything logged so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>The defaults with what a test needs: loopback listeners, no election, no renewal, only the controller's own namespace beside <paramref name="namespaces"/>.</summary>
    public static ControllerOptions Options(params string[] namespaces) => new()
    {
        Http = new HttpOptions { ListenAddress = "127.0.0.1:0", MetricsListenAddress = "127.0.0.1:0", RateLimit = 0 },
        Replica = new ReplicaOptions { ElectLeader = false },
        Keys = new KeyOptions { RenewPeriod = TimeSpan.Zero, Size = 2048 },
        Reconcile = new ReconcileOptions { AdditionalNamespaces = namespaces, MaxRetryDelay = TimeSpan.FromMilliseconds(500) },
        IsSyncEngineOn = false,
        IsSopsSecretsOn = false,
    };

    /// <summary>Starts a controller and waits until it is ready.</summary>
    public static async Task<RunningController> StartAsync(TestCluster cluster, string ownNamespace, ControllerOptions options, bool waitUntilReady = true, Impersonation? actingAs = null, KeyEnvironment? environment = null, ClusterConnection? through = null)
    {
        var client = new ApiClient((through ?? Kubeconfig.Load(new KubeconfigOptions { Path = cluster.KubeconfigPath })) with { Impersonation = actingAs });
        var log = new StringWriter(new StringBuilder(), System.Globalization.CultureInfo.InvariantCulture);
        var writer = TextWriter.Synchronized(log);
        var logs = new LoggerFactory([new SlogLoggerProvider(options.Log with { Level = "DEBUG" }, writer, writer, TimeProvider.System)], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
        var controller = new RunningController(client, ownNamespace, new ControllerHost(client, options, ownNamespace, ClusterWorkers.For(client, options, ownNamespace, Path.Combine(Path.GetTempPath(), TestCluster.UniqueName("secretsops-repositories")), logs, environment), logs, environment), logs, log);
        await controller.Host.StartAsync(CancellationToken.None);
        controller._running = controller.Host.RunAsync(controller._stop.Token);
        if (waitUntilReady)
        {
            await Eventually.TrueAsync(controller.IsReadyAsync, $"the controller in {ownNamespace} is ready", TimeSpan.FromSeconds(90));
        }

        return controller;
    }

    /// <summary>The text of the metrics page.</summary>
    public string Metrics() => Host.Metrics.Expose();

    /// <summary>Stops as after SIGTERM.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await Host.DisposeAsync();
        _client.Dispose();
        _logs.Dispose();
        _stop.Dispose();
        await _log.DisposeAsync();
    }

    private async Task<bool> IsReadyAsync()
    {
        if (_running.IsFaulted)
        {
            await _running;
        }

        using var http = new HttpClient();
        using var reply = await http.GetAsync(new Uri(Host.Http.Api, "/readyz"));
        return reply.IsSuccessStatusCode;
    }
}

/// <summary>Short words for what controller tests ask of a cluster.</summary>
internal static class ClusterWords
{
    public static Task<KubernetesObject?> SecretAsync(this TestCluster cluster, string @namespace, string name) =>
        cluster.Client.TryGetAsync(ApiResource.Secrets, @namespace, name, CancellationToken.None);

    public static Task<KubernetesObject?> SealedAsync(this TestCluster cluster, string @namespace, string name) =>
        cluster.Client.TryGetAsync(ApiResource.SealedSecrets, @namespace, name, CancellationToken.None);

    public static Task<KubernetesObject> CreateAsync(this TestCluster cluster, ApiResource resource, KubernetesObject @object) =>
        cluster.Client.CreateAsync(resource, @object, WriteOptions.Default, CancellationToken.None);

    public static Task<bool> DeleteAsync(this TestCluster cluster, ApiResource resource, string @namespace, string name) =>
        cluster.Client.TryDeleteAsync(resource, @namespace, name, DeleteOptions.Default, CancellationToken.None);

    /// <summary>Merges a JSON patch document into an object.</summary>
    public static Task<KubernetesObject> MergeAsync(this TestCluster cluster, ApiResource resource, string @namespace, string name, string patch) =>
        cluster.Client.PatchAsync(resource, @namespace, name, PatchType.Merge, Encoding.UTF8.GetBytes(patch), PatchOptions.Default, CancellationToken.None);

    /// <summary>Creates a Secret of other people.</summary>
    public static Task<KubernetesObject> CreateSecretAsync(this TestCluster cluster, string @namespace, string name, string data, string metadata = "{}", string extra = "{}")
    {
        var secret = new KubernetesObject(ApiResource.Secrets.Gvk, @namespace, name);
        secret.Json["stringData"] = JsonNode.Parse(data);
        Copy(metadata, secret.Metadata);
        Copy(extra, secret.Json);
        return cluster.CreateAsync(ApiResource.Secrets, secret);
    }

    /// <summary>The plaintext of one entry, or null.</summary>
    public static string? Text(this KubernetesObject? secret, string key) =>
        secret?.Json["data"]?[key] is { } value ? Encoding.UTF8.GetString(Convert.FromBase64String(value.ToString())) : null;

    /// <summary>Waits until a Secret has this plaintext.</summary>
    public static Task SecretBecomesAsync(this TestCluster cluster, string @namespace, string name, string key, string? value) =>
        Eventually.TrueAsync(async () => (await cluster.SecretAsync(@namespace, name)).Text(key) == value, $"Secret {@namespace}/{name} has {key}={value}");

    /// <summary>Waits until the condition Synced of the newest generation has this status and returns the object.</summary>
    public static Task<KubernetesObject> SyncedBecomesAsync(this TestCluster cluster, string @namespace, string name, string status) =>
        Eventually.NotNullAsync(
            async () => await cluster.SealedAsync(@namespace, name) is { } found && Condition(found, "Synced")?["status"]?.ToString() == status
                && found.Json["status"]?["observedGeneration"]?.GetValue<long>() == found.Generation ? found : null,
            $"SealedSecret {@namespace}/{name} has Synced={status}");

    /// <summary>A condition of an object, or null.</summary>
    public static JsonObject? Condition(this KubernetesObject @object, string type) =>
        (@object.Json["status"]?["conditions"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(condition => condition["type"]?.ToString() == type);

    private static void Copy(string json, JsonObject to)
    {
        foreach (var (field, value) in (JsonObject)JsonNode.Parse(json)!)
        {
            to[field] = value?.DeepClone();
        }
    }
}
