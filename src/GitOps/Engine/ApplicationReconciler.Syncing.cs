using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Health;
using SecretsOps.GitOps.Inventory;
using SecretsOps.GitOps.Projects;
using SecretsOps.GitOps.Status;
using SecretsOps.GitOps.Telemetry;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Reconciling;

namespace SecretsOps.GitOps.Engine;

/// <summary>The long way of a visit: render, compare, decide, carry out, and tell what came of it.</summary>
internal sealed partial class ApplicationReconciler
{
    private async Task<ReconcileResult> SyncAsync(Visit visit, ActiveOperation? active, CancellationToken cancellationToken)
    {
        var used = active?.Operation.Sources is { Count: > 0 } others ? [.. others.Select(source => source with { Project = visit.Application.Project })] : visit.Application.Sources;
        if (used.FirstOrDefault(source => !projects.PermitsSource(visit.Project!, source)) is { } foreign)
        {
            return await FailAsync(visit, ConditionTypes.InvalidSpecError, $"application repo {foreign.RepoUrl} is not permitted in project '{visit.Project!.Name}'", ReconcileResult.Done, cancellationToken);
        }

        var revisions = await RevisionsAsync(visit, active, used, cancellationToken);
        await signatures.CheckAsync(visit.Project!, used, revisions, SyncedRevisions(visit.Application), cancellationToken);
        var decision = AutoSyncDecision.Nothing;
        using var span = EngineTelemetry.Stage("sync");
        span?.SetTag("application", visit.Application.Key.ToString()).SetTag("revision", string.Join(',', revisions)).SetTag("cluster", visit.Cluster!.Server);
        var own = await keys.ForAsync(visit.Application.Object, cancellationToken);
        using var opened = new CachingKeyService(own.Service); // one unwrap for all files under one key
        var result = await pipeline.RunAsync(
            new SyncRequest
            {
                Application = visit.Application,
                Files = new SopsFileDecryptor(opened),
                KeysVersion = own.Version,
                Sources = used,
                Revisions = revisions,
                Cluster = visit.Cluster!,
                ClusterName = visit.ClusterName,
                Project = visit.Project!,
                Detail = visit.Memory.Heals.IsFight(clock.GetUtcNow()) ? DiffDetail.Explained : DiffDetail.Plain,
                Records = visit.Memory.Records,
                Decide = diff => active ?? Begin(decision = Decide(visit, diff, revisions), visit),
                CheckpointAsync = (operation, tasks, token) => CheckpointAsync(visit, operation, tasks, revisions, token),
                RecordStartAsync = (operation, token) => RecordStartAsync(visit, operation, token),
            },
            cancellationToken);
        TellComparison(visit, result, revisions);
        await DeletionFinalizers.EnsureAsync(store, visit.Application, result.Targets.Targets, cancellationToken);
        return await TellOperationAsync(visit with { Conditions = Conditions(visit, result, decision) }, result, decision, revisions, cancellationToken);
    }

    private AutoSyncDecision Decide(Visit visit, DiffResult diff, IReadOnlyList<string> revisions)
    {
        var now = clock.GetUtcNow();
        var hooks = visit.Memory.TakeHooks(diff);
        var windows = visit.Project!.WindowsOf(visit.Application, visit.Cluster!.Server, visit.ClusterName);
        return SyncWindows.Permit(windows, isManual: false, now, null)
            ? AutoSync.Decide(visit.Application, diff, revisions, visit.Memory.Heals, hooks, now)
            : new AutoSyncDecision(Wait: WindowPatience);
    }

    private ActiveOperation? Begin(AutoSyncDecision decision, Visit visit) =>
        decision.Operation is { } operation ? OperationLedger.Begin(operation, visit.Application, clock.GetUtcNow()) : null;

    private async Task CheckpointAsync(Visit visit, ActiveOperation operation, IReadOnlyList<SyncTask> tasks, IReadOnlyList<string> revisions, CancellationToken cancellationToken)
    {
        var state = OperationLedger.Write(operation, new OperationProgress(OperationPhase.Running, "ending", tasks), visit.Draft, revisions, clock.GetUtcNow());
        var patch = new JsonObject { ["status"] = new JsonObject { ["operationState"] = state } };
        if (await store.PatchAsync(visit.Application.Key, patch, cancellationToken) is { } stored)
        {
            visit.Draft.Stored = stored.Status;
        }
    }

    private async Task RecordStartAsync(Visit visit, ActiveOperation operation, CancellationToken cancellationToken)
    {
        var state = OperationLedger.Started(operation);
        state["finishedAt"] = null;
        state["syncResult"] = null;
        var patch = new JsonObject { ["status"] = new JsonObject { ["operationState"] = state } };
        if (await store.PatchAsync(visit.Application.Key, patch, cancellationToken) is { } stored)
        {
            visit.Draft.Stored = stored.Status;
        }
    }

    private async Task<IReadOnlyList<string>> RevisionsAsync(Visit visit, ActiveOperation? active, IReadOnlyList<ApplicationSource> used, CancellationToken cancellationToken)
    {
        var isRenewed = active is { RetryCount: > 0, Operation.Retry.TakesNewestRevision: true };
        var wanted = isRenewed ? [] : active?.Operation.Revisions ?? [];
        if (wanted.Count == 0)
        {
            return ReferenceEquals(used, visit.Application.Sources) || active?.Operation.Sources.Count is null or 0
                ? visit.Newest
                : await sources.ResolveAsync(used, visit.Memory.RefreshedAt, cancellationToken);
        }

        var pinned = used.Select((source, index) => index < wanted.Count && wanted[index].Length > 0 ? source.At(wanted[index]) : source);
        return await sources.ResolveAsync([.. pinned], visit.Memory.RefreshedAt, cancellationToken);
    }

    private void TellComparison(Visit visit, SyncResult result, IReadOnlyList<string> revisions)
    {
        var isNewest = revisions.SequenceEqual(visit.Newest, StringComparer.Ordinal);
        visit.Memory.LastComparedAt = clock.GetUtcNow();
        visit.Draft.SetSync(result.Targets.Errors.Count > 0 ? SyncCode.Unknown : isNewest ? result.Diff.Code : SyncCode.OutOfSync, visit.Newest);
        visit.Draft.SetHealth(result.Health.Code);
        visit.Draft.SetResources(result.Diff, visit.Cluster!.Inventory);
        visit.Draft.SetSourceTypes(result.SourceTypes);
        visit.Memory.Remember(isNewest && result.Targets.Errors.Count == 0 ? result.Inputs : null, result.Diff);
    }

    private static List<Condition> Conditions(Visit visit, SyncResult result, AutoSyncDecision decision) =>
    [
        .. result.Targets.Errors.Select(error => new Condition(ConditionTypes.InvalidSpecError, error)),
        .. result.Diff.Counted.Where(entry => entry.Code == SyncCode.Unknown).Select(entry => new Condition(ConditionTypes.ComparisonError, $"cannot be compared: {entry.Problem}")),
        .. result.Targets.Repeated.Select(warning => new Condition(ConditionTypes.RepeatedResourceWarning, warning)),
        .. result.BrokenKinds.Select(kind => new Condition(ConditionTypes.ComparisonError, $"cannot be watched: {kind}")),
        .. result.Targets.Excluded.Select(warning => new Condition(ConditionTypes.ExcludedResourceWarning, warning)),
        .. SharedResources.Warnings(result),
        .. OrphanedResources.Warnings(visit.Project!, visit.Application, visit.Cluster!.Inventory),
        .. RepeatedChanges.Warnings(result.DiffBefore),
        .. decision.Condition is { } complaint ? [complaint] : Array.Empty<Condition>(),
    ];

    private async Task<ReconcileResult> TellOperationAsync(Visit visit, SyncResult result, AutoSyncDecision decision, IReadOnlyList<string> revisions, CancellationToken cancellationToken)
    {
        if (result is not { Operation: { } operation, Progress: { } progress })
        {
            var next = decision.Wait is { } wait ? ReconcileResult.RequeueAfter(wait, "self-heal slows down")
                : result.Diff.Code == SyncCode.Unknown ? ReconcileResult.RequeueAfter(SourceRetry, "an object cannot be compared")
                : ReconcileResult.Done;
            return await EndAsync(visit, next, cancellationToken);
        }

        var now = clock.GetUtcNow();
        var state = OperationLedger.Write(operation, progress, visit.Draft, revisions, now);
        visit.Draft.SetOperationState(state);
        var isFinal = OperationPhase.IsFinal(state.TextAt("phase"));
        if (isFinal)
        {
            EngineTelemetry.CountSync(visit.Application.Key.Namespace, visit.Application.Key.Name, visit.Application.Project, visit.Cluster!.Server, state.TextAt("phase"), operation.Operation.IsDryRun);
        }

        if (progress.Phase == OperationPhase.Succeeded && operation.Operation is { IsDryRun: false, IsPartial: false })
        {
            visit.Draft.AddHistory(operation.Operation, revisions, StatusDraft.Time(operation.StartedAt));
        }

        LogOperation(logger, visit.Application.Key, progress.Phase, progress.Message);
        var until = progress.IsFinal && !isFinal ? operation.Operation.Retry.DelayAfter(operation.RetryCount) : OperationPatience;
        var following = isFinal && visit.Newest.SequenceEqual(revisions, StringComparer.Ordinal) ? ReconcileResult.Done : ReconcileResult.RequeueAfter(isFinal ? TimeSpan.Zero : until, "an operation is under way");
        return await EndAsync(visit with { EndsOperation = isFinal }, following, cancellationToken);
    }

    /// <summary>What an Application that is being deleted would deploy: its deletion hooks are among that.</summary>
    private async Task<IReadOnlyList<Target>> DeletionTargetsAsync(Application application, DestinationCluster cluster, CancellationToken cancellationToken)
    {
        var revisions = await sources.ResolveAsync(application.Sources, DateTimeOffset.MinValue, cancellationToken);
        var own = await keys.ForAsync(application.Object, cancellationToken);
        using var opened = new CachingKeyService(own.Service);
        var request = new SyncRequest
        {
            Application = application,
            Files = new SopsFileDecryptor(opened),
            KeysVersion = own.Version,
            Sources = application.Sources,
            Revisions = revisions,
            Cluster = cluster,
            Project = new ProjectRules(application.Project, []),
            Records = new InSyncRecords(),
            Decide = _ => null,
            CheckpointAsync = static (_, _, _) => Task.CompletedTask,
            RecordStartAsync = static (_, _) => Task.CompletedTask,
        };
        return await pipeline.TargetsAsync(request, cancellationToken);
    }

    [LoggerMessage(EventId = 31, Level = LogLevel.Information, Message = "Application {Application}: operation {Phase}: {Text}")]
    private static partial void LogOperation(ILogger logger, NamespacedName application, string phase, string text);
}
