using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Health;
using SecretsOps.GitOps.Inventory;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.GitOps.Engine;

/// <summary>How far the hooks of a deletion are.</summary>
internal enum DeletionHookState
{
    Done,
    Running,
    Failed,
}

/// <summary>Runs PreDelete and PostDelete hooks, wave by wave, each once for one deletion.</summary>
internal sealed class DeletionHooks(ObjectWriter writer)
{
    /// <summary>Takes the hooks of a type as far as they go now; the message names a hook that failed or is waited for.</summary>
    public async Task<(DeletionHookState State, string Message)> AdvanceAsync(
        Application application, DestinationCluster cluster, string type, IReadOnlyList<Target> targets, CancellationToken cancellationToken)
    {
        List<Target> hooks = [.. targets.Where(target => target.Hook.Types.Contains(type) && target.Resource is not null)];
        await cluster.WatchAsync(hooks.Select(hook => hook.Resource!), cancellationToken);
        cluster.Inventory.Follow(hooks.Select(hook => hook.Key), application.InstanceName);
        var run = $"{type}-{application.Object.Metadata.TextAt("deletionTimestamp")}".ToLowerInvariant();
        foreach (var wave in hooks.GroupBy(hook => hook.Wave).OrderBy(wave => wave.Key))
        {
            foreach (var hook in wave.OrderBy(hook => ApplyOrder.KindRank(hook.Key.Kind)))
            {
                await BeginAsync(application, cluster, hook, run, cancellationToken);
            }

            if (Judge(cluster, wave) is { State: not DeletionHookState.Done } verdict)
            {
                return verdict;
            }
        }

        await CleanAsync(cluster, hooks, cancellationToken);
        return (DeletionHookState.Done, "");
    }

    private async Task BeginAsync(Application application, DestinationCluster cluster, Target hook, string run, CancellationToken cancellationToken)
    {
        var live = cluster.Inventory.TryGet(hook.Key);
        if (live?.SyncId == run)
        {
            return;
        }

        if (live is not null && hook.Hook.Deletion.HasFlag(HookDeletion.BeforeHookCreation))
        {
            await HookFinalizer.ReleaseAsync(cluster, live, cancellationToken);
            await writer.DeleteAndWaitAsync(cluster, hook.Resource!, live, cancellationToken);
            cluster.Inventory.Remove(hook.Key);
            live = null;
        }

        hook.Object.SetAnnotation(Annotations.SyncId, run);
        HookFinalizer.AddTo(hook.Object);
        await writer.WriteAsync(cluster, hook, hook.Resource!, live, application.SyncOptions, cancellationToken);
    }

    private static (DeletionHookState State, string Message) Judge(DestinationCluster cluster, IEnumerable<Target> wave)
    {
        foreach (var hook in wave)
        {
            switch (cluster.Inventory.TryGet(hook.Key)?.Health?.Code ?? HealthCode.Healthy)
            {
                case HealthCode.Degraded or HealthCode.Unknown:
                    return (DeletionHookState.Failed, $"hook {ObjectNames.Waiting(hook.Key)} failed: {cluster.Inventory.TryGet(hook.Key)!.Health!.Message}; mend it in Git, or take its finalizer off the Application");
                case not HealthCode.Healthy:
                    return (DeletionHookState.Running, $"waiting for completion of hook {ObjectNames.Waiting(hook.Key)}");
            }
        }

        return (DeletionHookState.Done, "");
    }

    private static async Task CleanAsync(DestinationCluster cluster, List<Target> hooks, CancellationToken cancellationToken)
    {
        foreach (var live in hooks.Select(hook => cluster.Inventory.TryGet(hook.Key)).OfType<LiveObject>())
        {
            await HookFinalizer.ReleaseAsync(cluster, live, cancellationToken);
            await cluster.Client.TryDeleteAsync(live.Resource, live.Key.Namespace, live.Key.Name, new DeleteOptions { PropagationPolicy = PropagationPolicy.Background, PreconditionUid = live.Uid }, cancellationToken);
        }
    }
}
