using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Inventory;
using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Status;
using SecretsOps.GitOps.Tools;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Reconciling;

namespace SecretsOps.GitOps.Engine;

/// <summary>Cascading deletion: what an Application owns goes wave by wave, the highest first, and then the finalizer.</summary>
internal sealed class ApplicationDeletion(ApplicationStore store, ClusterRegistry clusters, DeletionHooks hooks, EventRecorder events, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>PreDelete hooks, the objects, PostDelete hooks, each named by its finalizer, which goes when that part is done.</summary>
    public async Task<ReconcileResult> ReconcileAsync(
        Application application, Func<Application, DestinationCluster, CancellationToken, Task<IReadOnlyList<Target>>> targetsOf, CancellationToken cancellationToken)
    {
        List<string> ours = [.. application.Finalizers.Where(IsOurs)];
        if (ours.Count == 0)
        {
            return ReconcileResult.Done;
        }

        // Compatibility: where the cluster is unknown nothing can be deleted, and the finalizers only go; unlike Argo CD's, ours tells of it.
        var match = clusters.Find(application.Destination);
        if (match.Cluster is not { } cluster)
        {
            await events.WarnAsync(application.Object, EventReason.OperationCompleted, $"Deleted without its objects, which stay where they are: {match.Problem}", cancellationToken);
            await DropAsync(application, ours, cancellationToken);
            return ReconcileResult.Done;
        }

        if (!cluster.IsScanned)
        {
            cluster.BeginScan();
            return ReconcileResult.RequeueAfter(Patience, "the cluster is being looked over");
        }

        if (ours.Exists(IsOf(Annotations.PreDeleteFinalizer)))
        {
            return await RunHooksAsync(application, cluster, "PreDelete", Annotations.PreDeleteFinalizer, targetsOf, cancellationToken);
        }

        if (ours.Exists(IsOf(Annotations.ResourcesFinalizer)))
        {
            return await AwaitsApprovalAsync(application, cluster, cancellationToken) || await DeleteWaveAsync(application, cluster, cancellationToken)
                ? ReconcileResult.RequeueAfter(Patience, "objects of a deleted Application are still going")
                : await GoOnAsync(application, Annotations.ResourcesFinalizer, cancellationToken);
        }

        return await RunHooksAsync(application, cluster, "PostDelete", Annotations.PostDeleteFinalizer, targetsOf, cancellationToken);
    }

    private async Task<ReconcileResult> RunHooksAsync(
        Application application, DestinationCluster cluster, string type, string finalizer,
        Func<Application, DestinationCluster, CancellationToken, Task<IReadOnlyList<Target>>> targetsOf, CancellationToken cancellationToken)
    {
        var (state, message) = (DeletionHookState.Failed, "");
        try
        {
            (state, message) = await hooks.AdvanceAsync(application, cluster, type, await targetsOf(application, cluster, cancellationToken), cancellationToken);
        }
        catch (Exception exception) when (exception is SourceException or RenderException or DecryptionException or ToolException or ApiException)
        {
            message = $"{type} hooks cannot run: {exception.Message}";
        }

        if (state == DeletionHookState.Failed)
        {
            await TellAsync(application, message, cancellationToken);
        }

        return state == DeletionHookState.Done
            ? await GoOnAsync(application, finalizer, cancellationToken)
            : ReconcileResult.RequeueAfter(Patience, message);
    }

    private async Task TellAsync(Application application, string message, CancellationToken cancellationToken)
    {
        if (application.Status.ObjectsAt("conditions").Any(condition => condition.TextAt("type") == ConditionTypes.DeletionError && condition.TextAt("message") == message))
        {
            return;
        }

        var condition = new JsonObject { ["type"] = ConditionTypes.DeletionError, ["message"] = message, ["lastTransitionTime"] = StatusDraft.Time(clock.GetUtcNow()) };
        await store.PatchAsync(application.Key, new JsonObject { ["status"] = new JsonObject { ["conditions"] = new JsonArray((JsonNode)condition) } }, cancellationToken);
    }

    private async Task<ReconcileResult> GoOnAsync(Application application, string finalizer, CancellationToken cancellationToken)
    {
        await DropAsync(application, [.. application.Finalizers.Where(name => IsOf(finalizer)(name))], cancellationToken);
        return ReconcileResult.RequeueAfter(TimeSpan.Zero, "the next part of the deletion");
    }

    private async Task DropAsync(Application application, IReadOnlyList<string> finalizers, CancellationToken cancellationToken)
    {
        var rest = new JsonArray([.. application.Finalizers.Except(finalizers).Select(name => (JsonNode)name)]);
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = rest, ["resourceVersion"] = application.Object.ResourceVersion } };
        await store.PatchAsync(application.Key, patch, cancellationToken);
    }

    /// <summary>Whether an object waits for a person's word; nothing is deleted before it is given.</summary>
    private async Task<bool> AwaitsApprovalAsync(Application application, DestinationCluster cluster, CancellationToken cancellationToken)
    {
        List<LiveObject> waiting = [.. cluster.Inventory.OwnedBy(application.InstanceName).Where(live => IsCascaded(live, application) && WordOf(live, application) == "confirm")];
        if (waiting.Count == 0 || (DateTimeOffset.TryParse(application.Object.Metadata.TextAt("deletionTimestamp"), out var deletedAt) && DeletionApproval.IsGiven(application, deletedAt)))
        {
            return false;
        }

        var names = string.Join(", ", waiting.Take(3).Select(live => live.Key.ToString())) + (waiting.Count > 3 ? $" and {waiting.Count - 3} more" : "");
        await TellAsync(application, $"waiting for approval to delete {names}: set the annotation {Annotations.DeletionApproved} to the present time", cancellationToken);
        return true;
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
        && WordOf(live, application) != "false"
        && !live.IsKept
        && !live.HasOwner
        && !(live.Key.Kind == "Application" && live.Key.Name == application.Key.Name && live.Key.Namespace == application.Key.Namespace);

    // The object's own word comes before the Application's.
    private static string WordOf(LiveObject live, Application application) =>
        live.SyncOptions.Contains("Delete=", StringComparison.Ordinal)
            ? live.HasOption("Delete=false") ? "false" : live.HasOption("Delete=confirm") ? "confirm" : ""
            : application.SyncOptions.Has("Delete=false") ? "false" : application.SyncOptions.Has("Delete=confirm") ? "confirm" : "";

    private static bool IsOurs(string finalizer) =>
        IsOf(Annotations.ResourcesFinalizer)(finalizer) || IsOf(Annotations.PreDeleteFinalizer)(finalizer) || IsOf(Annotations.PostDeleteFinalizer)(finalizer);

    // With or without a suffix: /foreground, /background, /cleanup.
    private static Predicate<string> IsOf(string finalizer) => name => name == finalizer || name.StartsWith(finalizer + "/", StringComparison.Ordinal);
}
