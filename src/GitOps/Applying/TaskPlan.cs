using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Health;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Applying;

/// <summary>Makes the ordered tasks of an operation out of a comparison.</summary>
internal static class TaskPlan
{
    public static List<SyncTask> Build(DiffResult diff, SyncOperation operation, SyncOptions options)
    {
        var tasks = new List<SyncTask>();
        foreach (var entry in diff.Entries)
        {
            if (entry.Target is { } target)
            {
                tasks.AddRange(ForTarget(entry, target, operation));
            }
            else if (operation.Selects(entry.Live!.Key))
            {
                tasks.Add(new SyncTask { Key = entry.Live.Key, Live = entry.Live, Wave = entry.Live.Wave });
            }
        }

        PutDefinitionsFirst(tasks);
        OrderPruning(tasks, options);
        tasks.Sort(ApplyOrder.Compare);
        return tasks;
    }

    private static IEnumerable<SyncTask> ForTarget(DiffEntry entry, Target target, SyncOperation operation)
    {
        if (target.Hook.IsHook)
        {
            return operation.RunsHooks
                ? target.Hook.Phases.Select(phase => new SyncTask { Key = target.Key, Phase = phase, Wave = target.Wave, Target = target, Live = entry.Live, IsHook = true })
                : [];
        }

        return target.Hook.IsSkipped || !operation.Selects(target.Key)
            ? []
            : [new SyncTask { Key = target.Key, Wave = target.Wave, Target = target, Live = entry.Live }];
    }

    // A Namespace, or the definition of a kind, takes the place of the first task that needs it.
    private static void PutDefinitionsFirst(List<SyncTask> tasks)
    {
        for (var i = 0; i < tasks.Count; i++)
        {
            if (tasks[i] is not { Target: { } target, IsHook: false, Key.Kind: "Namespace" or "CustomResourceDefinition" })
            {
                continue;
            }

            List<SyncTask> dependents = [.. tasks.Where(task => !task.IsPrune && DependsOn(task, target.Object))];
            if (dependents.Count == 0)
            {
                continue;
            }

            var (phase, wave) = dependents.Min(task => (task.Phase, task.Wave));
            tasks[i] = (phase, wave).CompareTo((tasks[i].Phase, tasks[i].Wave)) < 0 ? tasks[i] with { Phase = phase, Wave = wave } : tasks[i];
        }
    }

    public static bool DependsOn(SyncTask task, KubernetesObject definition) => definition.Kind switch
    {
        "Namespace" => task.Key.Namespace == definition.Name,
        "CustomResourceDefinition" => task.Key.Group == definition.TextAt("spec", "group") && task.Key.Kind == definition.TextAt("spec", "names", "kind"),
        _ => false,
    };

    // Deletion runs in reverse: the set of waves is mirrored. PruneLast puts it behind everything.
    private static void OrderPruning(List<SyncTask> tasks, SyncOptions options)
    {
        List<int> waves = [.. tasks.Where(task => task.IsPrune).Select(task => task.Wave).Distinct().Order()];
        var last = tasks.Where(task => task is { IsPrune: false, Phase: SyncPhase.Sync }).Select(task => task.Wave).Concat(waves).DefaultIfEmpty(0).Max() + 1;
        for (var i = 0; i < tasks.Count; i++)
        {
            if (tasks[i] is { IsPrune: true, Live: { } live } task)
            {
                var isLast = options.Has("PruneLast=true") || live.HasOption("PruneLast=true");
                tasks[i] = task with { Wave = isLast ? last : waves[^(waves.IndexOf(task.Wave) + 1)] };
            }
        }
    }
}
