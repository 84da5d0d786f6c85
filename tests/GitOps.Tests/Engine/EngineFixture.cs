using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using SecretsOps.Cryptography.Age;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Engine;
using SecretsOps.GitOps.Webhooks;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.Age;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Sops;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>A cluster with the engine at work in it, one for a class of tests; each test has namespaces and a repository of its own.</summary>
public class EngineFixture : IAsyncLifetime
{
    // A real cluster's garbage collector takes its time whenever kinds come or go.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TemporaryDirectory _cache = new();
    private CancellationTokenSource _stop = new();
    private ApplicationEngine? _engine;
    private Task _running = Task.CompletedTask;

    public TestCluster Cluster { get; private set; } = null!;

    public ApiClient Client => Cluster.Client;

    public string ControlNamespace { get; private set; } = "";

    public string CacheFolder => _cache.Path;

    internal RecordingLogger Logger { get; } = new();

    internal X25519Identity AgeIdentity { get; } = X25519Identity.Generate();

    /// <summary>How long an unreachable repository leaves the last comparison standing.</summary>
    public TimeSpan RepositoryGracePeriod { get; init; } = TimeSpan.Zero;

    /// <summary>How often repositories are asked.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>For the next start: further namespaces whose Applications count.</summary>
    public IReadOnlyList<string> ApplicationNamespaces { get; set; } = [];

    /// <summary>For the next start: environment variables that credential plug-ins see.</summary>
    public Func<string, string?> EnvironmentVariable { get; set; } = _ => null;

    public async Task InitializeAsync()
    {
        Cluster = await TestCluster.StartAsync();
        await Cluster.InstallDefinitionsAsync();
        ControlNamespace = await Cluster.CreateNamespaceAsync("control");
        await AddKeyAsync("age", AgeIdentity.ToSecretText());
        EngineClient = await ConnectEngineAsync();
        Start();
        await WarmUpAsync();
    }

    // The first look at a cluster takes long where the machine is busy; no test is to be blamed for it.
    private async Task WarmUpAsync()
    {
        using var repository = new TestRepository();
        repository.Commit(("readme.txt", "nothing"));
        var name = await CreateAsync(repository, "nowhere", "default");
        await Eventually.TrueAsync(async () => (await GetAsync(name)).Json["status"]?["conditions"] is JsonArray, "the engine has looked the cluster over", TimeSpan.FromMinutes(3));
        await Client.DeleteAsync(ApiResource.Applications, ControlNamespace, name, DeleteOptions.Default, default);
        await Eventually.TrueAsync(async () => await Client.TryGetAsync(ApiResource.Applications, ControlNamespace, name, default) is null, "the first Application is gone");
    }

    /// <summary>What the engine talks to the cluster with.</summary>
    protected ApiClient EngineClient { get; private set; } = null!;

    /// <summary>The same way as the tests, unless a fixture puts something in between.</summary>
    protected virtual Task<ApiClient> ConnectEngineAsync() => Task.FromResult(Client);

    /// <summary>What the engine runs with; a fixture may change it.</summary>
    protected virtual void Configure(EngineSetup setup)
    {
    }

    internal WebhookReply TakeWebhook(WebhookRequest request) => _engine!.TakeWebhook(request);

    public void Start()
    {
        _stop = new CancellationTokenSource();
        var setup = new EngineSetup
        {
            CacheFolder = _cache.Path,
            SearchPath = $"{Path.GetDirectoryName(ExternalPrograms.Git)}:{Path.GetDirectoryName(ExternalPrograms.Debian("jq"))}:{Path.GetDirectoryName(ExternalPrograms.Kubectl(ExternalPrograms.NewestKubectl))}:{Path.GetDirectoryName(ExternalPrograms.Helm)}:/usr/bin:/bin",
        };
        Configure(setup);
        var options = new EngineOptions
        {
            ControlNamespace = ControlNamespace,
            KeyNamespace = ControlNamespace,
            CacheFolder = setup.CacheFolder,
            SearchPath = setup.SearchPath,
            PluginFolder = setup.PluginFolder,
            PollInterval = PollInterval,
            RepositoryGracePeriod = RepositoryGracePeriod,
            ApplicationNamespaces = ApplicationNamespaces,
            EnvironmentVariable = EnvironmentVariable,
        };
        _engine = new ApplicationEngine(EngineClient, options, TimeProvider.System, Logger);
        _running = _engine.RunAsync(_stop.Token);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _engine?.Dispose();
        _stop.Dispose();
    }

    public virtual async Task DisposeAsync()
    {
        await StopAsync();
        await LetGoAsync();
        await Cluster.DisposeAsync();
        _cache.Dispose();
    }

    // Nobody is left to do what finalizers ask for: on a real cluster they would hold the namespace for ever.
    private async Task LetGoAsync()
    {
        foreach (var application in (await Client.ListAsync(ApiResource.Applications, ControlNamespace, ListOptions.All, default)).Items.Where(value => value.Metadata["finalizers"] is JsonArray { Count: > 0 }))
        {
            await Client.PatchAsync(ApiResource.Applications, ControlNamespace, application.Name, PatchType.Merge, """{"metadata":{"finalizers":null}}"""u8.ToArray(), PatchOptions.Default, default);
        }
    }

    public async Task AddKeyAsync(string name, string identity)
    {
        var secret = new KubernetesObject(ApiResource.Secrets.Gvk, ControlNamespace, name);
        secret.SetLabel("secretsops.io/decryption-key", "active");
        secret.Json["stringData"] = new JsonObject { ["age.agekey"] = identity };
        await Client.CreateAsync(ApiResource.Secrets, secret, WriteOptions.Default, default);
    }

    /// <summary>A manifest encrypted for the engine's age key, as <c>sops encrypt</c> would write it.</summary>
    internal Task<string> EncryptAsync(string yaml) => EncryptAsync(yaml, AgeIdentity);

    internal static async Task<string> EncryptAsync(string yaml, X25519Identity identity)
    {
        var options = new EncryptOptions { KeyGroups = [[new AgeMasterKey(identity.Recipient.ToString())]] };
        var keys = new LocalKeyService(new KeyCredentials());
        return Encoding.UTF8.GetString(await SopsEncryptor.EncryptAsync(Encoding.UTF8.GetBytes(yaml), SopsFormat.Yaml, keys, options, default));
    }

    /// <summary>Makes an Application; <paramref name="change"/> edits its spec first.</summary>
    internal async Task<string> CreateAsync(TestRepository repository, string path, string @namespace, Action<JsonObject>? change = null)
    {
        var name = TestCluster.UniqueName("app");
        var spec = new JsonObject
        {
            ["project"] = "default",
            ["source"] = new JsonObject { ["repoURL"] = repository.Url, ["path"] = path, ["targetRevision"] = "main" },
            ["destination"] = new JsonObject { ["server"] = Destination.InClusterServer, ["namespace"] = @namespace },
            ["syncPolicy"] = new JsonObject { ["automated"] = new JsonObject { ["prune"] = true, ["selfHeal"] = true } },
        };
        change?.Invoke(spec);
        var value = new KubernetesObject(ApiResource.Applications.Gvk, ControlNamespace, name);
        value.Json["spec"] = spec;
        await Client.CreateAsync(ApiResource.Applications, value, WriteOptions.Default, default);
        return name;
    }

    internal async Task<KubernetesObject> GetAsync(string application) => await Client.GetAsync(ApiResource.Applications, ControlNamespace, application, default);

    internal async Task PatchAsync(string application, string patch) =>
        await Client.PatchAsync(ApiResource.Applications, ControlNamespace, application, PatchType.Merge, Encoding.UTF8.GetBytes(patch), PatchOptions.Default, default);

    internal async Task RefreshAsync(string application, string kind = "normal")
    {
        await PatchAsync(application, $$$"""{"metadata": {"annotations": {"argocd.argoproj.io/refresh": "{{{kind}}}" } } }""");
        await UntilAsync(application, value => value.Annotation("argocd.argoproj.io/refresh") is null, "the refresh annotation is taken away");
    }

    internal Task SyncAsync(string application, string sync = "{}") => PatchAsync(application, $$$"""{"operation": {"sync": {{{sync}}} } }""");

    /// <summary>Waits for a state of an Application; a failure shows its status and the engine's log.</summary>
    internal async Task<KubernetesObject> UntilAsync(string application, Func<KubernetesObject, bool> condition, string expectation)
    {
        KubernetesObject? last = null;
        try
        {
            return await Eventually.NotNullAsync(async () => condition(last = await GetAsync(application)) ? last : null, expectation, Patience);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message}\n{last?.Json["status"]}\n{Logger}", exception);
        }
    }

    internal Task<KubernetesObject> UntilSyncedAsync(string application, string? revision = null) => UntilAsync(
        application,
        value => Text(value, "sync", "status") == "Synced" && (revision is null || Text(value, "sync", "revision") == revision) && Text(value, "operationState", "phase") is "" or "Succeeded",
        $"the Application is Synced{(revision is null ? "" : " to " + revision)}");

    internal static string Text(KubernetesObject value, params string[] path)
    {
        JsonNode? node = value.Json["status"];
        foreach (var name in path)
        {
            node = (node as JsonObject)?[name];
        }

        return node?.ToString() ?? "";
    }

    internal static string ConfigMap(string name, string value, params (string Name, string Value)[] annotations) =>
        $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n{Annotations(annotations)}data:\n  key: \"{value}\"\n";

    internal static string Annotations((string Name, string Value)[] annotations) => annotations.Length == 0
        ? ""
        : "  annotations:\n" + string.Concat(annotations.Select(annotation => $"    {annotation.Name}: \"{annotation.Value}\"\n"));
}

/// <summary>What a fixture may change of an engine's options.</summary>
public sealed class EngineSetup
{
    public required string CacheFolder { get; set; }

    /// <summary>Where git, helm, kustomize and jq are found.</summary>
    public required string SearchPath { get; set; }

    public string PluginFolder { get; set; } = "";
}

/// <summary>Keeps every line that the engine logs.</summary>
internal sealed class RecordingLogger : ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)}");

    public override string ToString() => string.Join('\n', _lines);
}
