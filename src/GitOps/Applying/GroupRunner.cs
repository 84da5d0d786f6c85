using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Inventory;
using SecretsOps.GitOps.Pruning;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.GitOps.Applying;

/// <summary>Carries out the tasks of one phase and wave: prunes first, then applies runs of one kind, each run in parallel.</summary>
internal sealed class GroupRunner(ObjectWriter writer, RespectedFields respected, TimeProvider clock)
{
    private const int Parallelism = 16;

    public async Task<IReadOnlyList<SyncTask>> RunAsync(IReadOnlyList<SyncTask> group, OperationContext context, CancellationToken cancellationToken)
    {
        var done = new List<SyncTask>(group.Count);
        done.AddRange(await InParallelAsync([.. group.Where(task => task.IsPrune)], context, PruneAsync, cancellationToken));
        List<SyncTask> applies = [.. group.Where(task => !task.IsPrune)];
        for (var start = 0; start < applies.Count;)
        {
            var kind = applies[start].Key.Kind;
            List<SyncTask> run = [.. applies.Skip(start).TakeWhile(task => task.Key.Kind == kind)];
            done.AddRange(await InParallelAsync(run, context, ApplyAsync, cancellationToken));
            start += run.Count;
        }

        return done;
    }

    private async Task<SyncTask[]> InParallelAsync(
        List<SyncTask> tasks, OperationContext context, Func<SyncTask, OperationContext, CancellationToken, Task<SyncTask>> action, CancellationToken cancellationToken)
    {
        var results = new SyncTask[tasks.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, tasks.Count), options, async (index, token) =>
            results[index] = await GuardAsync(tasks[index], context, action, token));
        return results;
    }

    private async Task<SyncTask> GuardAsync(
        SyncTask task, OperationContext context, Func<SyncTask, OperationContext, CancellationToken, Task<SyncTask>> action, CancellationToken cancellationToken)
    {
        try
        {
            return await ServerFaults.InsistAsync(() => action(task, context, cancellationToken), clock, cancellationToken);
        }
        catch (ApiException exception) when (!ServerFaults.IsAway(exception))
        {
            return task with { State = TaskState.Failed, Result = "SyncFailed", Message = await context.HideAsync(exception.Message, cancellationToken) };
        }
    }

    private static Task<SyncTask> PruneAsync(SyncTask task, OperationContext context, CancellationToken cancellationToken) =>
        Pruner.PruneAsync(task, context, cancellationToken);

    private async Task<SyncTask> ApplyAsync(SyncTask task, OperationContext context, CancellationToken cancellationToken)
    {
        var target = task.Target!;
        var live = context.Cluster.Inventory.TryGet(task.Key);
        if (!task.IsHook && live is not null && context.Records.Holds(task.Key, target.Digest, live))
        {
            return Applied(task, live, $"{ObjectNames.Kubectl(task.Key)} unchanged");
        }

        var resource = target.Resource ?? await context.Cluster.Discovery.ResolveAsync(target.Object.Gvk, cancellationToken)
            ?? throw new ApiException($"{task.Key}: the server could not find the requested resource ({target.Object.Gvk})", 404, "NotFound");
        if (target.Resource is null)
        {
            await context.Cluster.WatchAsync([resource], cancellationToken);
        }

        return task.IsHook
            ? await RunHookAsync(task, target, resource, context, cancellationToken)
            : await ApplyObjectAsync(task, target, resource, live, context, cancellationToken);
    }

    private async Task<SyncTask> ApplyObjectAsync(SyncTask task, Target target, ApiResource resource, LiveObject? live, OperationContext context, CancellationToken cancellationToken)
    {
        var sent = await respected.TakeLiveAsync(context, target, resource, live, cancellationToken);
        var change = await writer.WriteAsync(context.Cluster, sent, resource, live, context.Options, cancellationToken);
        context.Records.Set(target, change.Live!);
        if (target.Key.Kind == "CustomResourceDefinition")
        {
            await DefinitionReadiness.WaitAsync(context.Cluster, target, cancellationToken);
        }

        return Applied(task, change.Live!, change.Message);
    }

    private async Task<SyncTask> RunHookAsync(SyncTask task, Target target, ApiResource resource, OperationContext context, CancellationToken cancellationToken)
    {
        // The server's own word: a watch may lag, and whether the hook has run hangs on it.
        var live = await context.Cluster.LookAsync(resource, target.Key, cancellationToken);
        var syncId = context.SyncId(task.Phase);
        if (live?.SyncId == syncId)
        {
            // Created by this very run before a restart: it must not run twice.
            return Applied(task, live, $"{ObjectNames.Kubectl(task.Key)} created");
        }

        if (live is not null && target.Hook.Deletion.HasFlag(HookDeletion.BeforeHookCreation))
        {
            await HookFinalizer.ReleaseAsync(context.Cluster, live, cancellationToken);
            await writer.DeleteAndWaitAsync(context.Cluster, resource, live, cancellationToken);
            context.Cluster.Inventory.Remove(live.Key);
            live = null;
        }

        target.Object.SetAnnotation(Annotations.SyncId, syncId);
        HookFinalizer.AddTo(target.Object);
        var change = await writer.WriteAsync(context.Cluster, target, resource, live, context.Options, cancellationToken);
        return Applied(task, change.Live!, change.Message);
    }

    private static SyncTask Applied(SyncTask task, LiveObject live, string message) =>
        task with { State = TaskState.Running, Result = "Synced", Message = message, Live = live };
}
