using System.Security.Cryptography;

using SecretsOps.Controller.Metrics;
using SecretsOps.Controller.Options;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Leasing;

namespace SecretsOps.Controller.Hosting;

/// <summary>Lets one replica write. Where Leases are forbidden (upstream's RBAC) or switched off, this replica leads alone.</summary>
internal sealed partial class Leadership(ApiClient client, string ownNamespace, ReplicaOptions options, ControllerMetrics metrics, ILogger<Leadership> logger)
{
    private const string LeaseName = "sealed-secrets-controller";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Runs <paramref name="lead"/> whenever this replica leads, until cancelled.</summary>
    public async Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken)
    {
        if (!options.ElectLeader || !await MayLeaseAsync(cancellationToken))
        {
            await LeadAsync(lead, cancellationToken);
            return;
        }

        var lease = new LeaderLease(client, new LeaseOptions
        {
            Namespace = ownNamespace,
            Name = LeaseName,
            Identity = options.Identity.Length > 0 ? options.Identity : $"{Environment.MachineName}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}",
            Duration = options.LeaseDuration,
            RenewDeadline = options.LeaseDuration * 2 / 3,
            RetryPeriod = options.LeaseDuration / 7.5,
        });
        await lease.RunAsync(token => LeadAsync(lead, token), cancellationToken);
    }

    private async Task LeadAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken)
    {
        Log.Leading(logger);
        metrics.SetLeader(true);
        try
        {
            await lead(cancellationToken);
        }
        finally
        {
            metrics.SetLeader(false);
            Log.NotLeading(logger);
        }
    }

    private async Task<bool> MayLeaseAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await client.TryGetAsync(ApiResource.Leases, ownNamespace, LeaseName, cancellationToken);
                return true;
            }
            catch (ApiException error) when (error.IsForbidden)
            {
                Log.LeaseForbidden(logger, error.Message);
                return false;
            }
            catch (ApiException error)
            {
                Log.ServerUnavailable(logger, error.Message);
                await Task.Delay(Pause, client.Connection.TimeProvider, cancellationToken);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(300, LogLevel.Information, "this replica leads")]
        public static partial void Leading(ILogger logger);

        [LoggerMessage(301, LogLevel.Information, "this replica does not lead any more")]
        public static partial void NotLeading(ILogger logger);

        [LoggerMessage(302, LogLevel.Warning, "Leases are forbidden: leading without election; run one replica, or grant get, create and update on leases.coordination.k8s.io")]
        public static partial void LeaseForbidden(ILogger logger, string error);

        [LoggerMessage(303, LogLevel.Warning, "the API server does not answer, will retry")]
        public static partial void ServerUnavailable(ILogger logger, string error);
    }
}
