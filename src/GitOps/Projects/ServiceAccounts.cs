using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Inventory;

namespace SecretsOps.GitOps.Projects;

/// <summary>Lets an Application write only as the service account that its project names for the destination.</summary>
internal static class ServiceAccounts
{
    /// <summary>The cluster seen through that account; the cluster itself where the project names none.</summary>
    public static DestinationCluster ActingCluster(ProjectRules project, DestinationCluster cluster, Application application) =>
        project.ServiceAccountFor(cluster.Server, application.Destination.Namespace) is { Length: > 0 } account ? cluster.ActingAs(account) : cluster;
}
