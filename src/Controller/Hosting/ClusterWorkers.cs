using SecretsOps.Controller.Options;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Controller.Hosting;

/// <summary>The list of what else works in the leader.</summary>
internal static class ClusterWorkers
{
    /// <summary>Every worker that the options switch on.</summary>
    public static IReadOnlyList<IClusterWorker> For(ApiClient client, ControllerOptions options, string ownNamespace, ILoggerFactory logs)
    {
        _ = (client, options, ownNamespace, logs);
        return [];
    }
}
