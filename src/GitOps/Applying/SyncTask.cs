using SecretsOps.GitOps.Inventory;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Applying;

/// <summary>How far a task of a sync is.</summary>
internal enum TaskState
{
    Pending,
    Running,
    Succeeded,
    Failed,
}

/// <summary>One thing that a sync does: apply a target, run a hook, or prune a live object.</summary>
internal sealed record SyncTask
{
    public required ObjectKey Key { get; init; }

    public SyncPhase Phase { get; init; }

    public int Wave { get; init; }

    /// <summary>What to apply; null for a task that prunes.</summary>
    public Target? Target { get; init; }

    public LiveObject? Live { get; init; }

    public bool IsHook { get; init; }

    public bool IsPrune => Target is null;

    public TaskState State { get; init; }

    /// <summary>The word for <c>status</c> in the operation's results: Synced, SyncFailed, Pruned or PruneSkipped.</summary>
    public string Result { get; init; } = "";

    public string Message { get; init; } = "";

    public bool IsDone => State is TaskState.Succeeded or TaskState.Failed;
}
