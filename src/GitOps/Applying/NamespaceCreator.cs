using SecretsOps.GitOps.Inventory;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Applying;

/// <summary>Makes the destination namespace where <c>CreateNamespace=true</c> asks for it; it is not tracked and outlives the Application.</summary>
internal static class NamespaceCreator
{
    private static readonly GroupVersionKind NamespaceKind = new("", "v1", "Namespace");

    /// <exception cref="ApiException">The server refused it.</exception>
    public static async Task EnsureAsync(IReadOnlyList<SyncTask> tasks, OperationContext context, CancellationToken cancellationToken)
    {
        var name = context.Application.Destination.Namespace;
        var isInManifests = tasks.Any(task => task is { Key.Kind: "Namespace", IsPrune: false } && task.Key.Name == name);
        if (!context.Options.CreatesNamespace || context.Operation.IsDryRun || name.Length == 0 || isInManifests)
        {
            return;
        }

        if (await context.Cluster.Client.TryGetAsync(ApiResource.Namespaces, "", name, cancellationToken) is null)
        {
            await CreateAsync(context.Cluster, name, cancellationToken);
        }
    }

    private static async Task CreateAsync(DestinationCluster cluster, string name, CancellationToken cancellationToken)
    {
        try
        {
            await cluster.Client.CreateAsync(ApiResource.Namespaces, new KubernetesObject(NamespaceKind, "", name), new WriteOptions { FieldManager = ObjectWriter.FieldManager }, cancellationToken);
        }
        catch (ApiException exception) when (exception.IsAlreadyExists)
        {
            // Another Application with the same destination was quicker.
        }
    }
}
