using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Applying;

/// <summary>Writes tasks into <c>operationState.syncResult.resources</c> and reads them back after a restart.</summary>
internal static class TaskResults
{
    /// <summary>The tasks with the state that an earlier step recorded for them.</summary>
    public static List<SyncTask> Restore(IReadOnlyList<SyncTask> tasks, JsonObject? syncResult)
    {
        var recorded = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var result in syncResult?.ObjectsAt("resources") ?? [])
        {
            recorded[Identity(result)] = result;
        }

        return [.. tasks.Select(task => recorded.TryGetValue(Identity(Write(task)), out var result) ? Restore(task, result) : task)];
    }

    /// <summary>Whether an earlier step already began with an object: it stays part of the operation then.</summary>
    public static bool IsRecorded(JsonObject? syncResult, ObjectKey key) => (syncResult?.ObjectsAt("resources") ?? []).Any(result =>
        result.TextAt("kind") == key.Kind && result.TextAt("name") == key.Name && result.TextAt("group") == key.Group && result.TextAt("namespace") == key.Namespace);

    /// <summary>The results of all tasks that were begun.</summary>
    public static JsonArray Write(IReadOnlyList<SyncTask> tasks) =>
        new([.. tasks.Where(task => task.State != TaskState.Pending).Select(Write)]);

    /// <summary>Recorded results of tasks that the newest plan no longer has: pruned objects, above all.</summary>
    public static IEnumerable<JsonObject> Finished(JsonObject? syncResult, IReadOnlyList<SyncTask> tasks)
    {
        var current = tasks.Select(task => Identity(Write(task))).ToHashSet(StringComparer.Ordinal);
        return (syncResult?.ObjectsAt("resources") ?? []).Where(result => !current.Contains(Identity(result)));
    }

    private static SyncTask Restore(SyncTask task, JsonObject result) => task with
    {
        State = result.TextAt("hookPhase") switch
        {
            "Succeeded" => TaskState.Succeeded,
            "Failed" or "Error" => TaskState.Failed,
            _ => result.TextAt("status") == "SyncFailed" ? TaskState.Failed : TaskState.Running,
        },
        Result = result.TextAt("status"),
        Message = result.TextAt("message"),
    };

    private static JsonObject Write(SyncTask task)
    {
        var result = new JsonObject
        {
            ["group"] = task.Key.Group,
            ["version"] = task.Target?.Object.Gvk.Version ?? task.Live?.Resource.Version ?? "",
            ["kind"] = task.Key.Kind,
            ["namespace"] = task.Key.Namespace,
            ["name"] = task.Key.Name,
            ["status"] = task.Result,
            ["message"] = task.Message,
            ["hookPhase"] = task.State.ToString(),
            ["syncPhase"] = task.Phase.ToString(),
        };
        if (task.IsHook)
        {
            result["hookType"] = task.Phase.ToString();
        }

        return result;
    }

    private static string Identity(JsonObject result) =>
        $"{result.TextAt("group")}/{result.TextAt("kind")}/{result.TextAt("namespace")}/{result.TextAt("name")}/{result.TextAt("syncPhase")}";
}
