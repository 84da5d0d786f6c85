using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Health;
using SecretsOps.GitOps.Inventory;
using SecretsOps.GitOps.Projects;
using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Status;
using SecretsOps.GitOps.Telemetry;
using SecretsOps.GitOps.Tools;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Reconciling;

namespace SecretsOps.GitOps.Engine;

/// <summary>Brings one Application forward: look, compare, decide, carry out, tell. Called with a name whenever anything about it may have changed.</summary>
internal sealed partial class ApplicationReconciler(
    ApplicationStore store, ProjectStore projects, ClusterRegistry clusters, SourceFetcher sources, CommitSignatures signatures, SyncPipeline pipeline, DecryptionKeys keys,
    ApplicationDeletion deletion, VisitWriter writer, KeyedDigest digest, EngineOptions options, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan OperationPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SourceRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WindowPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ScanPatience = TimeSpan.FromSeconds(11);
    private static readonly TimeSpan RevisionWriteDelay = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<NamespacedName, ApplicationMemory> _memories = new();

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName name, CancellationToken cancellationToken)
    {
        if (store.TryGet(name) is not { } application)
        {
            _memories.TryRemove(name, out _);
            return ReconcileResult.Done;
        }

        if (application.Object.Annotation(Annotations.SkipReconcile) == "true")
        {
            return ReconcileResult.Done;
        }

        if (application.Object.IsBeingDeleted)
        {
            return await deletion.ReconcileAsync(application, DeletionTargetsAsync, cancellationToken);
        }

        var visit = new Visit(application, _memories.GetOrAdd(name, _ => new ApplicationMemory()), new StatusDraft(application, options.ControlNamespace, clock));
        visit.Memory.TakeSpec($"{digest.Of(application.Spec)} {application.Settings.Version}");
        TakeRefresh(visit);
        var permission = projects.Validate(application, clusters);
        return permission.Problem.Length > 0
            ? await FailAsync(visit, ConditionTypes.InvalidSpecError, permission.Problem, ReconcileResult.Done, cancellationToken)
            : await CompareAsync(visit with { Project = permission.Project, Cluster = permission.Cluster, ClusterName = permission.ClusterName }, cancellationToken);
    }

    // What a remote said before somebody asked, or before the Application was made, does not count.
    /// <summary>Lets go of what is remembered of an Application.</summary>
    public void Forget(NamespacedName name) => _memories.TryRemove(name, out _);

    private void TakeRefresh(Visit visit)
    {
        var now = clock.GetUtcNow();
        visit.Memory.NeedsRefsOf(visit.Application.CreatedAt, now);
        if (!visit.IsRefresh && !visit.Application.AsksForOperation && !BeginsRefreshedAttempt(visit.Application, now))
        {
            return;
        }

        visit.Memory.RefreshedAt = now;
        if (visit.Application.RequestedRefresh == "hard")
        {
            visit.Memory.Forget();
        }
    }

    /// <summary>Whether an operation is to be tried again with what the repository has by now.</summary>
    private static bool BeginsRefreshedAttempt(Application application, DateTimeOffset now) =>
        OperationLedger.Read(application, now) is { RetryCount: > 0, Recorded: null, Operation.Retry.TakesNewestRevision: true } && OperationLedger.UntilRetry(application, now) == TimeSpan.Zero;

    private async Task<ReconcileResult> CompareAsync(Visit visit, CancellationToken cancellationToken)
    {
        if (!visit.Cluster!.IsScanned)
        {
            return await AwaitScanAsync(visit, visit.Cluster, cancellationToken);
        }

        try
        {
            var oldest = clock.GetUtcNow() - options.PollInterval;
            var since = visit.Memory.RefreshedAt > oldest ? visit.Memory.RefreshedAt : oldest;
            var newest = await sources.ResolveAsync(visit.Application.Sources, since, cancellationToken);
            await signatures.CheckAsync(visit.Project!, visit.Application.Sources, newest, SyncedRevisions(visit.Application), cancellationToken);
            return await WorkAsync(visit with { Newest = newest }, cancellationToken);
        }
        catch (SourceException exception) when (IsWithinGrace(visit, exception))
        {
            LogGrace(logger, visit.Application.Key, exception.Message);
            return await EndAsync(visit with { KeepsConditions = true }, ReconcileResult.RequeueAfter(SourceRetry, "the repository does not answer"), cancellationToken);
        }
        catch (Exception exception) when ((exception is SourceException or ToolException or IOException or UnauthorizedAccessException) && IsHalfDone(visit))
        {
            return await HoldAsync(visit, $"waiting for the source: {exception.Message}", cancellationToken);
        }
        catch (ApiException exception) when (!exception.IsUnreachable && IsHalfDone(visit))
        {
            return await HoldAsync(visit, $"waiting for the API server: {exception.Message}", cancellationToken);
        }
        catch (Exception exception) when (exception is SourceException or ToolException or IOException or UnauthorizedAccessException)
        {
            return await FailAsync(visit, ConditionTypes.ComparisonError, exception.Message, ReconcileResult.RequeueAfter(SourceRetry, "the source cannot be read"), cancellationToken);
        }
        catch (ApiException exception) when (exception.IsUnreachable && visit.Cluster.Server != Destination.InClusterServer && OperationLedger.Read(visit.Application, clock.GetUtcNow()) is null)
        {
            return await FailAsync(visit, ConditionTypes.ComparisonError, $"cluster '{visit.Cluster.Server}' does not answer: {exception.Message}", ReconcileResult.RequeueAfter(SourceRetry, "the cluster does not answer"), cancellationToken);
        }
        catch (DecryptionException exception) when (visit.Application.AsksToUnseal)
        {
            // A sealing key may arrive without anything else changing.
            return await FailAsync(visit, ConditionTypes.ComparisonError, exception.Message, ReconcileResult.RequeueAfter(SourceRetry, "a sealed object cannot be opened"), cancellationToken);
        }
        catch (Exception exception) when (exception is RenderException or DecryptionException or FormatException)
        {
            // Only another commit, key or spec can help, and each of them starts a new visit.
            return await FailAsync(visit, ConditionTypes.ComparisonError, exception.Message, ReconcileResult.Done, cancellationToken);
        }
    }

    private bool IsHalfDone(Visit visit) =>
        OperationLedger.Read(visit.Application, clock.GetUtcNow()) is { IsTerminating: false, Recorded: not null } && OperationLedger.UntilRetry(visit.Application, clock.GetUtcNow()) == TimeSpan.Zero;

    /// <summary>An operation that has begun waits for what it needs to come back: to start over would run its hooks again.</summary>
    private async Task<ReconcileResult> HoldAsync(Visit visit, string message, CancellationToken cancellationToken)
    {
        if ((store.TryGet(visit.Application.Key) ?? visit.Application).OperationState?.DeepClone() is JsonObject state)
        {
            state["message"] = message; // beside whatever this visit recorded before it failed
            visit.Draft.SetOperationState(state);
        }

        visit.Draft.SetSyncUnknown();
        return await EndAsync(visit with { Conditions = [new Condition(ConditionTypes.ComparisonError, message)] }, ReconcileResult.RequeueAfter(SourceRetry, "an operation waits"), cancellationToken);
    }

    /// <summary>Waits without holding a worker: the end of the scan wakes the Application. A cluster that does not answer hurts only its own.</summary>
    private async Task<ReconcileResult> AwaitScanAsync(Visit visit, DestinationCluster cluster, CancellationToken cancellationToken)
    {
        var next = ReconcileResult.RequeueAfter(ScanPatience, "the cluster is being looked over");
        var problem = cluster.Problem;
        cluster.BeginScan();
        return problem.Length == 0 || OperationLedger.Read(visit.Application, clock.GetUtcNow()) is not null
            ? next
            : await FailAsync(visit, ConditionTypes.ComparisonError, $"cluster '{cluster.Server}' cannot be looked over: {problem}", next, cancellationToken);
    }

    /// <summary>The commits of the last sync that is in the history.</summary>
    private static IReadOnlyList<string> SyncedRevisions(Application application) => application.Status.ObjectsAt("history").LastOrDefault() is { } last
        ? last.TextsAt("revisions") is { Count: > 0 } many ? many : [last.TextAt("revision")]
        : [];

    private bool IsWithinGrace(Visit visit, SourceException exception) =>
        exception.IsUnreachable
        && clock.GetUtcNow() - visit.Memory.LastComparedAt < options.RepositoryGracePeriod
        && OperationLedger.Read(visit.Application, clock.GetUtcNow()) is null;

    private async Task<ReconcileResult> WorkAsync(Visit visit, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var active = OperationLedger.Read(visit.Application, now);
        if (active is { Operation.IsAutomated: true, HasRunningHook: false } && !active.Operation.Revisions.SequenceEqual(visit.Newest, StringComparer.Ordinal))
        {
            active = null; // a new commit goes before whatever is left of an old one, but never breaks off a hook
        }

        if (active is not null && OperationLedger.UntilRetry(visit.Application, now) is { Ticks: > 0 } wait)
        {
            return await EndAsync(visit with { KeepsConditions = true }, ReconcileResult.RequeueAfter(wait, "waiting for the next attempt"), cancellationToken);
        }

        if (active is { IsTerminating: false } && !IsInWindow(visit, active, now))
        {
            return await BlockAsync(visit, active, cancellationToken);
        }

        return active is null && await TrySettledAsync(visit, cancellationToken) is { } settled
            ? settled
            : await SyncAsync(visit, active, cancellationToken);
    }

    private static bool IsInWindow(Visit visit, ActiveOperation active, DateTimeOffset now) => SyncWindows.Permit(
        visit.Project!.WindowsOf(visit.Application, visit.Cluster!.Server, visit.ClusterName),
        isManual: !active.Operation.IsAutomated,
        now,
        active.Recorded is null ? null : active.StartedAt);

    private async Task<ReconcileResult> BlockAsync(Visit visit, ActiveOperation active, CancellationToken cancellationToken)
    {
        var state = OperationLedger.Started(active);
        state["message"] = "Sync operation blocked by sync window";
        state["syncResult"] = active.Recorded?.DeepClone();
        visit.Draft.SetOperationState(state);
        return await EndAsync(visit with { KeepsConditions = true }, ReconcileResult.RequeueAfter(WindowPatience, "a sync window is closed"), cancellationToken);
    }

    /// <summary>The short way: nothing that was found in sync has changed since, so nothing is rendered and nothing compared.</summary>
    private async Task<ReconcileResult?> TrySettledAsync(Visit visit, CancellationToken cancellationToken)
    {
        var used = visit.Application.Sources;
        if (!visit.Memory.IsSettled(visit.Cluster!.Inventory, visit.Application.InstanceName)
            || !await visit.Memory.SettledInputs!.HoldAsync(visit.Newest, (await keys.ForAsync(visit.Application.Object, cancellationToken)).Version, () => sources.FetchAsync(used, visit.Newest, cancellationToken), cancellationToken))
        {
            return null;
        }

        visit.Memory.LastComparedAt = clock.GetUtcNow();
        visit.Draft.RefreshHealth(visit.Cluster.Inventory);
        visit.Draft.SetHealth(HealthReport.From(visit.Memory.ManagedKeys, visit.Cluster.Inventory, visit.Application.Key).Code);
        var isQuiet = !visit.Draft.HasChanged && !visit.IsRefresh;
        visit.Draft.SetSync(SyncCode.Synced, visit.Newest);
        if (isQuiet && visit.Draft.HasChanged && visit.Memory.TryPostpone(clock.GetUtcNow(), RevisionWriteDelay))
        {
            // Only the revision moved on: Applications with work to do go first.
            return ReconcileResult.RequeueAfter(RevisionWriteDelay, "the new revision is told a little later");
        }

        return await EndAsync(visit with { KeepsConditions = true }, ReconcileResult.Done, cancellationToken);
    }

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

    private async Task<ReconcileResult> FailAsync(Visit visit, string condition, string message, ReconcileResult next, CancellationToken cancellationToken)
    {
        visit.Memory.Forget();
        visit.Draft.SetSyncUnknown();
        if (condition == ConditionTypes.InvalidSpecError)
        {
            visit.Draft.SetHealth(HealthCode.Unknown);
        }

        var active = OperationLedger.Read(visit.Application, clock.GetUtcNow());
        if (active is not null && OperationLedger.UntilRetry(visit.Application, clock.GetUtcNow()) == TimeSpan.Zero)
        {
            visit.Draft.SetOperationState(OperationLedger.Failed(active, message, clock.GetUtcNow()));
        }

        var isEnded = active is not null && OperationPhase.IsFinal(visit.Draft.OperationState?.TextAt("phase") ?? "");
        return await EndAsync(visit with { Conditions = [new Condition(condition, message)], EndsOperation = isEnded }, next, cancellationToken);
    }

    private async Task<ReconcileResult> EndAsync(Visit visit, ReconcileResult result, CancellationToken cancellationToken)
    {
        await writer.WriteAsync(visit, cancellationToken);
        return result;
    }

    [LoggerMessage(EventId = 30, Level = LogLevel.Warning, Message = "Application {Application}: the last comparison stands while the repository does not answer: {Reason}")]
    private static partial void LogGrace(ILogger logger, NamespacedName application, string reason);

    [LoggerMessage(EventId = 31, Level = LogLevel.Information, Message = "Application {Application}: operation {Phase}: {Text}")]
    private static partial void LogOperation(ILogger logger, NamespacedName application, string phase, string text);
}
