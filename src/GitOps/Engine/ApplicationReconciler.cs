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
using SecretsOps.GitOps.Tools;
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

    /// <summary>Lets go of what is remembered of an Application.</summary>
    public void Forget(NamespacedName name) => _memories.TryRemove(name, out _);

    // What a remote said before somebody asked, or before the Application was made, does not count.
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
}
