using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Health;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Applying;

/// <summary>Lets a sync begin only when the server would take every object, so that one mistake does not leave half an Application.</summary>
internal static class DryRunGate
{
    private const int Parallelism = 16;

    /// <summary>The refusal, or the result of an operation that is a dry run; null when the sync may begin.</summary>
    public static async Task<OperationProgress?> CheckAsync(IReadOnlyList<SyncTask> tasks, OperationContext context, CancellationToken cancellationToken)
    {
        try
        {
            await NamespaceCreator.EnsureAsync(tasks, context, cancellationToken);
        }
        catch (ApiException exception) when (!ServerFaults.IsAway(exception))
        {
            return new OperationProgress(OperationPhase.Failed, $"one or more objects failed to apply, reason: {await context.HideAsync(exception.Message, cancellationToken)}", tasks);
        }

        var problems = await TryOutAsync(tasks, context, cancellationToken);
        if (!problems.IsEmpty)
        {
            List<SyncTask> judged = [.. tasks.Select(task => problems.TryGetValue(task, out var problem) ? task with { State = TaskState.Failed, Result = "SyncFailed", Message = problem } : task)];
            return new OperationProgress(OperationPhase.Failed, $"one or more objects failed to apply (dry run), reason: {string.Join(",", problems.Values.Distinct().Order(StringComparer.Ordinal))}", judged);
        }

        return context.Operation.IsDryRun
            ? new OperationProgress(OperationPhase.Succeeded, "successfully synced (no more tasks)", [.. tasks.Select(DryRunResult)])
            : null;
    }

    private static async Task<ConcurrentDictionary<SyncTask, string>> TryOutAsync(IReadOnlyList<SyncTask> tasks, OperationContext context, CancellationToken cancellationToken)
    {
        var problems = new ConcurrentDictionary<SyncTask, string>(ReferenceEqualityComparer.Instance);
        List<KubernetesObject> coming = [.. tasks.Where(task => task is { Live: null, Target: not null, Key.Kind: "Namespace" or "CustomResourceDefinition" }).Select(task => task.Target!.Object)];
        List<SyncTask> candidates = [.. tasks.Where(task => MustTryOut(task, coming, context))];
        if (tasks.Count(task => !task.IsPrune) <= 1 && !context.Operation.IsDryRun)
        {
            return problems; // a single object is either taken or not: there is no half to be left
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(candidates, options, async (task, token) =>
        {
            try
            {
                await ObjectWriter.TryOutAsync(context.Cluster, task.Target!, task.Target!.Resource!, context.Options, token);
            }
            catch (ApiException exception) when (!exception.IsConflict && (!exception.IsTransient || ObjectWriter.IsMisfit(exception)))
            {
                problems[task] = await context.HideAsync(exception.Message, token);
            }
            catch (ApiException exception) when (exception.IsConflict || ServerFaults.IsFault(exception))
            {
                // No verdict: the write itself will tell, and what else there is goes ahead.
            }
        });
        return problems;
    }

    private static bool MustTryOut(SyncTask task, List<KubernetesObject> coming, OperationContext context)
    {
        if (task is not { Target: { Resource: not null } target, IsHook: false } || context.Options.IsSetFor(target.Object, "Replace"))
        {
            return false;
        }

        if (task.Live is { } live && context.Records.Holds(task.Key, target.Digest, live))
        {
            return false;
        }

        return (context.Operation.IsDryRun || !IsPlainlyValid(target.Object))
            && !coming.Any(definition => TaskPlan.DependsOn(task, definition));
    }

    // The two kinds that come by the thousand are simple enough to judge here; the rest is asked.
    private static bool IsPlainlyValid(KubernetesObject value) => value.Kind switch
    {
        "ConfigMap" => HasOnly(value, "data", "binaryData", "immutable") && HasTexts(value, "data") && HasTexts(value, "binaryData"),
        "Secret" => HasOnly(value, "data", "stringData", "type", "immutable") && HasTexts(value, "data") && HasTexts(value, "stringData") && HasBase64(value),
        _ => false,
    } && HasPlainMetadata(value);

    private static bool HasOnly(KubernetesObject value, params ReadOnlySpan<string> names)
    {
        foreach (var (name, _) in value.Json)
        {
            if (name is not ("apiVersion" or "kind" or "metadata") && !names.Contains(name))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasPlainMetadata(KubernetesObject value) =>
        value.Name.Length is > 0 and <= 253
        && value.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
        && char.IsAsciiLetterOrDigit(value.Name[0]) && char.IsAsciiLetterOrDigit(value.Name[^1])
        && value.Metadata.All(entry => entry.Key is "name" or "namespace" or "labels" or "annotations");

    private static bool HasTexts(KubernetesObject value, string field) =>
        value.Json[field] is null || (value.Json[field] is JsonObject map && map.All(entry => entry.Value is JsonValue text && text.TryGetValue(out string? _)));

    private static bool HasBase64(KubernetesObject value) =>
        value.Json["data"] is not JsonObject map || map.All(entry => System.Buffers.Text.Base64.IsValid(ObjectFields.Text(entry.Value)));

    private static SyncTask DryRunResult(SyncTask task) => task with
    {
        State = TaskState.Succeeded,
        Result = task.IsPrune ? "Pruned" : "Synced",
        Message = task.IsPrune ? "pruned (dry run)" : $"{ObjectNames.Kubectl(task.Key)} {(task.Live is null ? "created" : "configured")} (dry run)",
    };
}
