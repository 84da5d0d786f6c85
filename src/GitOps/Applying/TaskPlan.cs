using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Health;
using SecretsOps.GitOps.Tracking;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Applying;

/// <summary>Makes the ordered tasks of an operation out of a comparison.</summary>
internal static class TaskPlan
{
    public static List<SyncTask> Build(DiffResult diff, OperationContext context)
    {
        var tasks = new List<SyncTask>();
        foreach (var entry in diff.Entries)
        {
            if (entry.Target is { } target)
            {
                tasks.AddRange(ForTarget(entry, target, context));
            }
            else if (context.Operation.Selects(entry.Live!.Key))
            {
                tasks.Add(new SyncTask { Key = entry.Live.Key, Live = entry.Live, Wave = entry.Live.Wave });
            }
        }

        PutDefinitionsFirst(tasks);
        OrderPruning(tasks, context.Options);
        tasks.Sort(ApplyOrder.Compare);
        return tasks;
    }

    private static IEnumerable<SyncTask> ForTarget(DiffEntry entry, Target target, OperationContext context)
    {
        if (target.Hook.IsHook)
        {
            return context.Operation.RunsHooks || context.Operation.RepairsHook(target.Key) ? target.Hook.Phases.Select(phase => ForHook(target, phase, context)) : [];
        }

        return target.Hook.IsSkipped || !context.Operation.Selects(target.Key) || IsLeftAlone(entry, context)
            ? []
            : [new SyncTask { Key = target.Key, Wave = target.Wave, Target = target, Live = entry.Live }];
    }

    private static bool IsLeftAlone(DiffEntry entry, OperationContext context) =>
        context.Options.OnlyOutOfSync && entry.Code == SyncCode.Synced && !TaskResults.IsRecorded(context.Recorded, entry.Target!.Key);

    private static SyncTask ForHook(Target target, SyncPhase phase, OperationContext context)
    {
        var named = target;
        if (target.Object.Name.Length == 0)
        {
            // Compatibility: generateName plus revision, phase and start, so that every run has an object of its own.
            var value = target.Object.DeepClone();
            var prefix = ObjectFields.Text(value.Metadata["generateName"]);
            value.Metadata.Remove("generateName");
            value.Name = $"{prefix}{context.Revision[..Math.Min(7, context.Revision.Length)]}-{phase}-{context.StartedAt.ToUnixTimeSeconds()}".ToLowerInvariant();
            value.SetAnnotation(Annotations.TrackingId, TrackingId.For(context.Application.InstanceName, value, context.Application.Destination.Namespace).ToString());
            named = new Target(value, target.Resource, target.Digest, target.Origin);
        }

        return new SyncTask { Key = named.Key, Phase = phase, Wave = named.Wave, Target = named, Live = context.Cluster.Inventory.TryGet(named.Key), IsHook = true };
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
