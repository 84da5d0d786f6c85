using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Inventory;

namespace SecretsOps.GitOps.Applying;

/// <summary>Everything that one step of an operation needs to know.</summary>
internal sealed record OperationContext
{
    public required Application Application { get; init; }

    public required DestinationCluster Cluster { get; init; }

    public required SyncOperation Operation { get; init; }

    public required SyncOptions Options { get; init; }

    public required InSyncRecords Records { get; init; }

    public required string Revision { get; init; }

    /// <summary>When the operation began, as its state has it; part of names and ids of hooks.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    public long RetryCount { get; init; }

    /// <summary>The results of earlier steps; null before the first.</summary>
    public JsonObject? Recorded { get; init; }

    public bool IsDeletionApproved { get; init; }

    /// <summary>Why the project forbids to write or delete an object, or null.</summary>
    public Func<SyncTask, string?> Forbids { get; init; } = _ => null;

    /// <summary>Takes secret values out of what a server says.</summary>
    public Func<string, CancellationToken, Task<string>> HideAsync { get; init; } = static (text, _) => Task.FromResult(text);

    /// <summary>Records how far the tasks are, before something is done that a restarted engine could not see any more.</summary>
    public Func<IReadOnlyList<SyncTask>, CancellationToken, Task> CheckpointAsync { get; init; } = static (_, _) => Task.CompletedTask;

    /// <summary>Names one run of a hook: the attempt of the operation and the phase, for a hook may run in several. No two operations have the same start.</summary>
    /// <remarks>Made of nothing but what the operation itself recorded: after a lost answer the rest of the status may be older than it.</remarks>
    public string SyncId(SyncPhase phase) => $"{StartedAt.ToUnixTimeMilliseconds()}-{RetryCount}-{phase}".ToLowerInvariant();
}
