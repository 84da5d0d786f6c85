using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Inventory;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Reconciling;

namespace SecretsOps.GitOps.Engine;

/// <summary>Cascading deletion: what an Application owns goes wave by wave, the highest first, and then the finalizer.</summary>
internal sealed class ApplicationDeletion(ApplicationStore store, ClusterRegistry clusters)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<ReconcileResult> ReconcileAsync(Application application, CancellationToken cancellationToken)
    {
        List<string> ours = [.. application.Finalizers.Where(IsOurs)];
        if (ours.Count == 0)
        {
            return ReconcileResult.Done;
        }

        // Compatibility: where the cluster is unknown nothing can be deleted, and the finalizers only go.
        if (clusters.Find(application.Destination).Cluster is { } cluster && ours.Any(name => name.StartsWith(Annotations.ResourcesFinalizer, StringComparison.Ordinal)))
        {
            if (!cluster.IsScanned)
            {
                cluster.BeginScan();
                return ReconcileResult.RequeueAfter(Patience, "the cluster is being looked over");
            }

            if (await DeleteWaveAsync(application, cluster, cancellationToken))
            {
                return ReconcileResult.RequeueAfter(Patience, "objects of a deleted Application are still going");
            }
        }

        var rest = new JsonArray([.. application.Finalizers.Except(ours).Select(name => (JsonNode)name)]);
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = rest, ["resourceVersion"] = application.Object.ResourceVersion } };
        await store.PatchAsync(application.Key, patch, cancellationToken);
        return ReconcileResult.Done;
    }

    /// <summary>Deletes the highest wave that is left; false when nothing is left.</summary>
    private static async Task<bool> DeleteWaveAsync(Application application, DestinationCluster cluster, CancellationToken cancellationToken)
    {
        List<LiveObject> left = [.. cluster.Inventory.OwnedBy(application.InstanceName).Where(live => IsCascaded(live, application))];
        if (left.Count == 0)
        {
            return false;
        }

        var propagation = application.Finalizers.Contains($"{Annotations.ResourcesFinalizer}/background") ? PropagationPolicy.Background : PropagationPolicy.Foreground;
        var wave = left.Max(live => live.Wave);
        foreach (var live in left.Where(live => live.Wave == wave && !live.IsBeingDeleted))
        {
            var options = new DeleteOptions { PropagationPolicy = propagation, PreconditionUid = live.Uid };
            if (!await cluster.Client.TryDeleteAsync(live.Resource, live.Key.Namespace, live.Key.Name, options, cancellationToken)
                || await cluster.Client.TryGetAsync(live.Resource, live.Key.Namespace, live.Key.Name, cancellationToken) is null)
            {
                cluster.Inventory.Remove(live.Key);
            }
        }

        return cluster.Inventory.OwnedBy(application.InstanceName).Any(live => IsCascaded(live, application)) || left.Any(live => live.Wave != wave);
    }

    private static bool IsCascaded(LiveObject live, Application application) =>
        live.Key.Kind != "CustomResourceDefinition"
        && !live.HasOption("Delete=false")
        && !live.IsKept
        && !live.HasOwner
        && (!live.HasOption("Delete=confirm") || (DateTimeOffset.TryParse(application.Object.Metadata.TextAt("deletionTimestamp"), out var deletedAt) && DeletionApproval.IsGiven(application, deletedAt)))
        && !(live.Key.Kind == "Application" && live.Key.Name == application.Key.Name && live.Key.Namespace == application.Key.Namespace);

    private static bool IsOurs(string finalizer) =>
        finalizer.StartsWith(Annotations.ResourcesFinalizer, StringComparison.Ordinal)
        || finalizer.StartsWith(Annotations.PreDeleteFinalizer, StringComparison.Ordinal)
        || finalizer.StartsWith(Annotations.PostDeleteFinalizer, StringComparison.Ordinal);
}
