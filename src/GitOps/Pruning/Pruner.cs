using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Inventory;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.GitOps.Pruning;

/// <summary>Deletes what an Application owns and Git no longer has, unless somebody said to keep it.</summary>
internal static class Pruner
{
    /// <summary>One pruning task carried out as far as possible now; a task that stays pending waits for an approval.</summary>
    public static async Task<SyncTask> PruneAsync(SyncTask task, OperationContext context, CancellationToken cancellationToken)
    {
        var live = task.Live!;
        if (!context.Operation.Prunes)
        {
            return Skipped(task, "ignored (requires pruning)");
        }

        var word = live.SyncOptions.Contains("Prune=", StringComparison.Ordinal) ? OwnWord(live) : AppWord(context.Options);
        if (word == "false" || live.Application != context.Application.InstanceName)
        {
            return Skipped(task, "ignored (no prune)");
        }

        if (word == "confirm" && !context.IsDeletionApproved)
        {
            return task with { State = TaskState.Running, Message = "waiting for approval of pruning" };
        }

        if (context.Operation.IsDryRun)
        {
            return task with { State = TaskState.Succeeded, Result = "Pruned", Message = "pruned (dry run)" };
        }

        var options = new DeleteOptions { PropagationPolicy = Propagation(context.Options), PreconditionUid = live.Uid };
        var isGone = !await context.Cluster.Client.TryDeleteAsync(live.Resource, live.Key.Namespace, live.Key.Name, options, cancellationToken)
            || await context.Cluster.Client.TryGetAsync(live.Resource, live.Key.Namespace, live.Key.Name, cancellationToken) is null;
        if (isGone)
        {
            context.Cluster.Inventory.Remove(live.Key);
        }

        return task with { State = isGone ? TaskState.Succeeded : TaskState.Running, Result = "Pruned", Message = "pruned" };
    }

    private static SyncTask Skipped(SyncTask task, string message) =>
        task with { State = TaskState.Succeeded, Result = "PruneSkipped", Message = message };

    private static string OwnWord(LiveObject live) => live.HasOption("Prune=false") ? "false" : live.HasOption("Prune=confirm") ? "confirm" : "";

    private static string AppWord(SyncOptions options) => options.Has("Prune=false") ? "false" : options.Has("Prune=confirm") ? "confirm" : "";

    private static PropagationPolicy Propagation(SyncOptions options) =>
        options.Has("PrunePropagationPolicy=background") ? PropagationPolicy.Background
        : options.Has("PrunePropagationPolicy=orphan") ? PropagationPolicy.Orphan
        : PropagationPolicy.Foreground;
}
