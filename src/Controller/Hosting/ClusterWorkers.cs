using System.Security.Cryptography;

using SecretsOps.Controller.Decryption;
using SecretsOps.Controller.Options;
using SecretsOps.GitOps.Engine;
using SecretsOps.GitOps.Webhooks;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Client;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Controller.Hosting;

/// <summary>The list of what else works in the controller.</summary>
internal static class ClusterWorkers
{
    /// <summary>Every worker that the options switch on.</summary>
    public static IReadOnlyList<IClusterWorker> For(ApiClient client, ControllerOptions options, string ownNamespace, string cacheDirectory, ILoggerFactory logs, KeyEnvironment? environment = null)
    {
        var workers = new List<IClusterWorker>();
        var keys = new DecryptionSources(client, environment ?? new KeyEnvironment { Variable = Environment.GetEnvironmentVariable, Clock = client.Connection.TimeProvider }, options.Decryption.DefaultServiceAccount);
        if (options.IsSyncEngineOn)
        {
            workers.Add(new EngineWorker(client, Engine(options, ownNamespace, cacheDirectory) with { KeysOf = keys.ForAsync }, logs.CreateLogger<ApplicationEngine>()));
        }

        if (options.IsSopsSecretsOn)
        {
            workers.Add(new SopsSecretWorker(client, options, ownNamespace, keys, logs.CreateLogger<SopsSecretWorker>()));
        }

        return workers;
    }

    private static EngineOptions Engine(ControllerOptions options, string ownNamespace, string cacheDirectory) => new()
    {
        ControlNamespace = options.ApplicationsNamespace,
        KeyNamespace = ownNamespace,
        CacheFolder = cacheDirectory,
        SearchPath = Environment.GetEnvironmentVariable("PATH") ?? "",
        FollowsSubmodules = options.FollowsSubmodules,
        PluginFolder = options.PluginFolder.Length == 0 ? "" : Path.GetFullPath(options.PluginFolder),
        EnvironmentVariable = Environment.GetEnvironmentVariable,
        Sharing = options.Replica.ElectLeader ? new SharingOptions { Namespace = ownNamespace, Identity = Identity(options.Replica), LeaseDuration = options.Replica.LeaseDuration } : null,
    };

    // A restarted process is another replica than the one before: it must not take the other's Lease for its own.
    private static string Identity(ReplicaOptions options) =>
        $"{(options.Identity.Length > 0 ? options.Identity : Environment.MachineName)}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
}

/// <summary>The sync engine as a worker, in every replica; without election in the one that there is.</summary>
internal sealed class EngineWorker(ApiClient client, EngineOptions options, ILogger logger) : IClusterWorker
{
    private volatile ApplicationEngine? _running;
    private EngineOptions _options = options;

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <summary>Grants the sealing keys, for Applications that ask to have SealedSecrets opened; to be called before it runs.</summary>
    public void Grant(KeyRing keys) => _options = _options with { ManifestDecryptors = [.. _options.ManifestDecryptors, new SealedSecretDecryptor(keys)] };

    /// <summary>Hands a webhook to the engine; null while it does not run.</summary>
    public WebhookReply? TryTakeWebhook(WebhookRequest request) => _running?.TakeWebhook(request);

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var engine = new ApplicationEngine(client, _options, client.Connection.TimeProvider, logger);
        _running = engine;
        try
        {
            await engine.RunAsync(cancellationToken);
        }
        finally
        {
            _running = null;
        }
    }
}
