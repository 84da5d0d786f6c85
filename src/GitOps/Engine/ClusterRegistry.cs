using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Inventory;

namespace SecretsOps.GitOps.Engine;

/// <summary>Finds the cluster that a destination means.</summary>
internal sealed class ClusterRegistry(DestinationCluster local)
{
    private const string LocalName = "in-cluster";

    public IReadOnlyList<DestinationCluster> All => [local];

    /// <summary>The cluster and its name, or null with a sentence that says why there is none.</summary>
    public (DestinationCluster? Cluster, string Name, string Problem) Find(Destination destination)
    {
        if (destination.Server.Length > 0 && destination.Name.Length > 0)
        {
            return (null, "", $"application destination can't have both name and server defined: {destination.Name} {destination.Server}");
        }

        if (destination.Server.Length == 0 && destination.Name.Length == 0)
        {
            return (null, "", "Destination server missing from app spec");
        }

        var isLocal = destination.Name == LocalName || destination.Server.TrimEnd('/') == Destination.InClusterServer;
        return isLocal
            ? (local, LocalName, "")
            : (null, "", $"cluster '{(destination.Name.Length > 0 ? destination.Name : destination.Server)}' is not known: add a Secret labelled argocd.argoproj.io/secret-type=cluster");
    }
}
