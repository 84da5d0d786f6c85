namespace SecretsOps.GitOps.Applying;

/// <summary>Finds tasks that can never succeed before anything is sent.</summary>
internal static class TaskValidation
{
    /// <summary>The failed operation, or null when every task is valid.</summary>
    public static OperationProgress? Check(IReadOnlyList<SyncTask> tasks, OperationContext context)
    {
        List<SyncTask> judged = [.. tasks.Select(task => Judge(task, tasks, context) is { } problem ? task with { State = TaskState.Failed, Result = "SyncFailed", Message = problem } : task)];
        List<string> problems = [.. judged.Where((task, index) => !ReferenceEquals(task, tasks[index])).Select(task => task.Message).Distinct()];
        return problems.Count == 0
            ? null
            : new OperationProgress(OperationPhase.Failed, $"one or more synchronization tasks are not valid: {string.Join(", ", problems)}", judged);
    }

    private static string? Judge(SyncTask task, IReadOnlyList<SyncTask> tasks, OperationContext context)
    {
        if (task.IsDone)
        {
            return null;
        }

        if ((!task.IsPrune || context.Operation.Prunes) && context.Forbids(task) is { } reason)
        {
            return reason;
        }

        if (task.Target is not { } target)
        {
            return null;
        }

        if (context.Options.FailsOnSharedResource && task.Live is { Application: { Length: > 0 } owner } && owner != context.Application.InstanceName)
        {
            return $"Shared resource found: {task.Key} is part of application {owner}";
        }

        return target.Resource is null && !IsComing(task, tasks) && !context.Options.IsSetFor(target.Object, "SkipDryRunOnMissingResource")
            ? $"the server does not know {target.Object.Gvk}: install its CustomResourceDefinition, or set SkipDryRunOnMissingResource=true"
            : null;
    }

    private static bool IsComing(SyncTask task, IReadOnlyList<SyncTask> tasks) =>
        tasks.Any(other => other is { Key.Kind: "CustomResourceDefinition", Target: { } definition } && TaskPlan.DependsOn(task, definition.Object));
}
