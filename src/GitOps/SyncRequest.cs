using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Health;
using SecretsOps.GitOps.Inventory;
using SecretsOps.GitOps.Projects;
using SecretsOps.GitOps.Rendering;

namespace SecretsOps.GitOps;

/// <summary>One pass of the pipeline: which Application, at which commits, and who decides whether to change anything.</summary>
internal sealed record SyncRequest
{
    public required Application Application { get; init; }

    public required IReadOnlyList<ApplicationSource> Sources { get; init; }

    /// <summary>The commit of each source.</summary>
    public required IReadOnlyList<string> Revisions { get; init; }

    /// <summary>Opens encrypted files, with the keys that this Application may use.</summary>
    public required IFileDecryptor Files { get; init; }

    /// <summary>Changes with those keys: nothing that was rendered under others is taken for these.</summary>
    public required string KeysVersion { get; init; }

    public required DestinationCluster Cluster { get; init; }

    /// <summary>The cluster's name, which a project may know it by.</summary>
    public string ClusterName { get; init; } = "";

    public required ProjectRules Project { get; init; }

    public required InSyncRecords Records { get; init; }

    /// <summary>How much the comparison is to tell; more where somebody keeps changing things back.</summary>
    public DiffDetail Detail { get; init; }

    /// <summary>Records how far an operation is.</summary>
    public required Func<ActiveOperation, IReadOnlyList<SyncTask>, CancellationToken, Task> CheckpointAsync { get; init; }

    /// <summary>Given the comparison, the operation to carry on or to begin; null to leave everything as it is.</summary>
    public required Func<DiffResult, ActiveOperation?> Decide { get; init; }

    /// <summary>Called before the first write of an operation that a crash must not make forget.</summary>
    public required Func<ActiveOperation, CancellationToken, Task> RecordStartAsync { get; init; }
}

/// <summary>An operation under way, as its recorded state describes it.</summary>
internal sealed record ActiveOperation
{
    public required SyncOperation Operation { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public long RetryCount { get; init; }

    public bool IsTerminating { get; init; }

    /// <summary>The results recorded so far; null before the first step.</summary>
    public System.Text.Json.Nodes.JsonObject? Recorded { get; init; }

    /// <summary>Whether a hook was begun and has not ended.</summary>
    public bool HasRunningHook => (Recorded?.ObjectsAt("resources") ?? []).Any(result => result.TextAt("hookType").Length > 0 && result.TextAt("hookPhase") == nameof(TaskState.Running));
}

/// <summary>What a pass found and did. Holds names, digests and messages, never content.</summary>
internal sealed record SyncResult
{
    /// <summary>What the manifests were made of.</summary>
    public required RenderInputs Inputs { get; init; }

    public required IReadOnlyList<SourceType> SourceTypes { get; init; }

    public required TargetSet Targets { get; init; }

    public required DiffResult Diff { get; init; }

    /// <summary>The comparison from before the operation; the same where there was none.</summary>
    public required DiffResult DiffBefore { get; init; }

    public required HealthReport Health { get; init; }

    public ActiveOperation? Operation { get; init; }

    public OperationProgress? Progress { get; init; }

    /// <summary>Kinds that cannot be watched now, each with the reason.</summary>
    public IReadOnlyList<string> BrokenKinds { get; init; } = [];
}
