using SecretsOps.Controller.Decryption;
using SecretsOps.Controller.Options;
using SecretsOps.GitOps.Engine;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Controller.Hosting;

/// <summary>The list of what else works in the leader.</summary>
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
    };
}

/// <summary>The sync engine as a worker: made anew with every term of leadership, so that nothing stale is carried over.</summary>
internal sealed class EngineWorker(ApiClient client, EngineOptions options, ILogger logger) : IClusterWorker
{
    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var engine = new ApplicationEngine(client, options, client.Connection.TimeProvider, logger);
        await engine.RunAsync(cancellationToken);
    }
}
