using SecretsOps.GitOps.Health;
using SecretsOps.GitOps.Inventory;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.GitOps.Applying;

/// <summary>Takes an operation as far as it goes without waiting; entered again whenever something it waits for changed.</summary>
/// <remarks>All state is in the tasks, which are recorded in the Application: a restarted engine goes on from there.</remarks>
internal sealed class OperationRunner(GroupRunner groups)
{
    /// <summary>One step: <paramref name="tasks"/> carry the states that earlier steps recorded; the first step also asks whether the server would take everything.</summary>
    public async Task<OperationProgress> AdvanceAsync(IReadOnlyList<SyncTask> tasks, bool isFirstStep, OperationContext context, CancellationToken cancellationToken)
    {
        var current = tasks.ToList();
        if (TaskValidation.Check(current, context) is { } invalid)
        {
            return invalid;
        }

        if (isFirstStep && await DryRunGate.CheckAsync(current, context, cancellationToken) is { } refused)
        {
            return refused;
        }

        while (true)
        {
            current = await RefreshAsync(current, context, cancellationToken);
            if (Waiting(current) is { Length: > 0 } message)
            {
                return new OperationProgress(OperationPhase.Running, message, current);
            }

            if (current.Any(task => task.State == TaskState.Failed))
            {
                return await FailAsync(current, context, cancellationToken);
            }

            if (NextGroup(current, task => task.Phase != SyncPhase.SyncFail) is not { Count: > 0 } group)
            {
                await FinishHooksAsync(current, HookDeletion.HookSucceeded, context, cancellationToken);
                return new OperationProgress(OperationPhase.Succeeded, "successfully synced (no more tasks)", current);
            }

            current = Merge(current, await groups.RunAsync(group, context, cancellationToken));
            if (IsApplied(current, group))
            {
                await FinishHooksAsync(current, HookDeletion.HookSucceeded, context, cancellationToken);
                return new OperationProgress(OperationPhase.Succeeded, "successfully synced (all tasks run)", current);
            }
        }
    }

    /// <summary>Ends an operation: running hooks are deleted, what was applied stays.</summary>
    public static async Task<OperationProgress> TerminateAsync(IReadOnlyList<SyncTask> tasks, OperationContext context, CancellationToken cancellationToken)
    {
        foreach (var task in tasks.Where(task => task is { IsHook: true, State: TaskState.Running }))
        {
            await DeleteHookAsync(task, context, cancellationToken);
        }

        await ReleaseAsync(tasks, context, cancellationToken);

        return new OperationProgress(OperationPhase.Failed, "Operation terminated", tasks);
    }

    // Compatibility: a last group without hooks succeeds when applied; health is only awaited between groups.
    private static bool IsApplied(List<SyncTask> tasks, IReadOnlyList<SyncTask> group) =>
        tasks.All(task => task.State is TaskState.Running or TaskState.Succeeded || task.Phase == SyncPhase.SyncFail)
        && !group.Any(task => task.IsHook)
        && !tasks.Any(task => task is { IsPrune: true, State: TaskState.Running })
        && tasks.Where(task => task.Phase != SyncPhase.SyncFail && task.State == TaskState.Running).All(task => group.Any(member => IsSame(member, task)));

    private static async Task<List<SyncTask>> RefreshAsync(List<SyncTask> tasks, OperationContext context, CancellationToken cancellationToken)
    {
        var refreshed = new List<SyncTask>(tasks.Count);
        foreach (var task in tasks)
        {
            refreshed.Add(task.State != TaskState.Running ? task : Refresh(task, await LiveAsync(task, context, cancellationToken), context));
        }

        return refreshed;
    }

    // Nothing is called missing on the word of a watch, which may lag behind our own write.
    private static async Task<LiveObject?> LiveAsync(SyncTask task, OperationContext context, CancellationToken cancellationToken) =>
        context.Cluster.Inventory.TryGet(task.Key) is { } known ? known
        : (task.Target?.Resource ?? task.Live?.Resource) is { } resource ? await context.Cluster.LookAsync(resource, task.Key, cancellationToken)
        : null;

    private static SyncTask Refresh(SyncTask task, LiveObject? live, OperationContext context)
    {
        if (task.IsPrune)
        {
            var waitsForApproval = task.Result.Length == 0;
            return live is null || live.Uid != task.Live!.Uid ? task with { State = TaskState.Succeeded }
                : waitsForApproval && context.IsDeletionApproved ? task with { State = TaskState.Pending, Message = "" }
                : task;
        }

        if (live is null)
        {
            return task with { State = TaskState.Failed, Message = $"Resource {ObjectNames.Waiting(task.Key)} is missing, it might have been deleted" };
        }

        return (live.Health?.Code ?? HealthCode.Healthy) switch
        {
            HealthCode.Healthy => task with { State = TaskState.Succeeded },
            HealthCode.Degraded => task with { State = TaskState.Failed, Message = live.Health!.Message.Length > 0 ? live.Health.Message : task.Message },
            HealthCode.Unknown when task.IsHook => task with { State = TaskState.Failed, Message = live.Health!.Message },
            _ => task,
        };
    }

    private static string Waiting(List<SyncTask> tasks)
    {
        if (tasks.Where(task => task is { IsPrune: true, State: TaskState.Running }).ToList() is { Count: > 0 } terminating)
        {
            return Sentence(terminating, terminating[0].Message.StartsWith("waiting for", StringComparison.Ordinal) ? terminating[0].Message + " of" : "waiting for deletion of", "resources");
        }

        var isMultiStep = tasks.Where(task => !task.IsDone && task.Phase != SyncPhase.SyncFail).Select(task => (task.Phase, task.Wave)).Distinct().Count() > 1;
        List<SyncTask> running = [.. tasks.Where(task => task.State == TaskState.Running && (isMultiStep || task.IsHook))];
        if (running.Count == 0)
        {
            return "";
        }

        return running.Any(task => task.IsHook)
            ? Sentence([.. running.Where(task => task.IsHook)], "waiting for completion of hook", "hooks")
            : Sentence(running, "waiting for healthy state of", "resources");
    }

    private static string Sentence(List<SyncTask> tasks, string start, string plural) => tasks.Count == 1
        ? $"{start} {ObjectNames.Waiting(tasks[0].Key)}"
        : $"{start} {ObjectNames.Waiting(tasks[0].Key)} and {tasks.Count - 1} more {plural}";

    private async Task<OperationProgress> FailAsync(List<SyncTask> tasks, OperationContext context, CancellationToken cancellationToken)
    {
        while (tasks.All(task => task.Phase != SyncPhase.SyncFail || task.State != TaskState.Failed)
            && NextGroup([.. tasks.Where(task => task.Phase == SyncPhase.SyncFail)], _ => true) is { Count: > 0 } group)
        {
            tasks = Merge(tasks, await groups.RunAsync(group, context, cancellationToken));
            tasks = await RefreshAsync(tasks, context, cancellationToken);
            if (Waiting([.. tasks.Where(task => task.Phase == SyncPhase.SyncFail)]) is { Length: > 0 } message)
            {
                return new OperationProgress(OperationPhase.Running, message, tasks);
            }
        }

        await FinishHooksAsync(tasks, HookDeletion.HookFailed, context, cancellationToken);

        List<SyncTask> failed = [.. tasks.Where(task => task.State == TaskState.Failed && task.Phase != SyncPhase.SyncFail)];
        var refused = failed.Where(task => task.Result == "SyncFailed").ToList();
        var reason = string.Join(",", (refused.Count > 0 ? refused : failed).Select(task => task.Message).Distinct());
        var text = refused.Count > 0
            ? $"one or more objects failed to apply, reason: {reason}"
            : $"one or more synchronization tasks completed unsuccessfully, reason: {reason}";
        return new OperationProgress(OperationPhase.Failed, text, tasks);
    }

    private static List<SyncTask> NextGroup(IReadOnlyList<SyncTask> tasks, Func<SyncTask, bool> isEligible)
    {
        List<SyncTask> pending = [.. tasks.Where(task => task.State == TaskState.Pending && isEligible(task))];
        return pending.Count == 0 ? [] : [.. pending.Where(task => task.Phase == pending[0].Phase && task.Wave == pending[0].Wave)];
    }

    private static List<SyncTask> Merge(List<SyncTask> tasks, IReadOnlyList<SyncTask> done)
    {
        var results = done.ToDictionary(task => (task.Key, task.Phase, task.IsPrune));
        return [.. tasks.Select(task => results.GetValueOrDefault((task.Key, task.Phase, task.IsPrune), task))];
    }

    /// <summary>Deletes the hooks whose policy says so and lets go of the others; their results are recorded first, for a missing hook reads as one to run.</summary>
    private static async Task FinishHooksAsync(IReadOnlyList<SyncTask> tasks, HookDeletion policy, OperationContext context, CancellationToken cancellationToken)
    {
        List<SyncTask> deleted = [.. tasks.Where(task => task.IsHook && task.IsDone && task.Target!.Hook.Deletion.HasFlag(policy))];
        if (deleted.Count > 0 || tasks.Any(task => IsHeld(task, context)))
        {
            await context.CheckpointAsync(tasks, cancellationToken);
        }

        foreach (var task in deleted)
        {
            await DeleteHookAsync(task, context, cancellationToken);
        }

        await ReleaseAsync(tasks, context, cancellationToken);
    }

    private static async Task ReleaseAsync(IReadOnlyList<SyncTask> tasks, OperationContext context, CancellationToken cancellationToken)
    {
        foreach (var task in tasks.Where(task => IsHeld(task, context)))
        {
            await HookFinalizer.ReleaseAsync(context.Cluster, context.Cluster.Inventory.TryGet(task.Key)!, cancellationToken);
        }
    }

    private static bool IsHeld(SyncTask task, OperationContext context) => task.IsHook && context.Cluster.Inventory.TryGet(task.Key)?.HasHookFinalizer == true;

    private static async Task DeleteHookAsync(SyncTask task, OperationContext context, CancellationToken cancellationToken)
    {
        if (context.Cluster.Inventory.TryGet(task.Key) is { } live && live.Application == context.Application.InstanceName)
        {
            await context.Cluster.Client.TryDeleteAsync(live.Resource, task.Key.Namespace, task.Key.Name, new DeleteOptions { PropagationPolicy = PropagationPolicy.Background, PreconditionUid = live.Uid }, cancellationToken);
        }
    }

    private static bool IsSame(SyncTask left, SyncTask right) => left.Key == right.Key && left.Phase == right.Phase;
}
