using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Engine;

/// <summary>Ends a visit: writes status, takes away what was asked for and done, and tells of changes in events and logs.</summary>
internal sealed partial class VisitWriter(ApplicationStore store, EventRecorder events, ILogger logger)
{
    /// <summary>Writes nothing where nothing changed.</summary>
    public async Task WriteAsync(Visit visit, CancellationToken cancellationToken)
    {
        if (!visit.KeepsConditions)
        {
            visit.Draft.SetConditions(visit.Conditions);
        }

        var status = visit.Draft.Finish(visit.IsRefresh);
        var removesOperation = visit.EndsOperation && visit.Application.Operation is not null;
        if (status is null && !removesOperation)
        {
            return;
        }

        var patch = new JsonObject { ["status"] = status ?? [] };
        if (removesOperation)
        {
            patch["operation"] = null;
        }

        if (visit.IsRefresh)
        {
            patch["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [Annotations.Refresh] = null } };
        }

        await store.PatchAsync(visit.Application.Key, patch, cancellationToken);
        await TellAsync(visit, cancellationToken);
    }

    private async Task TellAsync(Visit visit, CancellationToken cancellationToken)
    {
        await TellOperationAsync(visit, cancellationToken);
        var sync = (visit.Draft.Json["sync"] as JsonObject)?.TextAt("status") ?? "";
        var health = (visit.Draft.Json["health"] as JsonObject)?.TextAt("status") ?? "";
        if (sync != visit.Draft.SyncCodeBefore)
        {
            LogSync(logger, visit.Application.Key, visit.Draft.SyncCodeBefore, sync);
            await events.RecordAsync(visit.Application.Object, EventReason.ResourceUpdated, $"Updated sync status: {visit.Draft.SyncCodeBefore} -> {sync}", cancellationToken);
        }

        if (health != visit.Draft.HealthCodeBefore)
        {
            LogHealth(logger, visit.Application.Key, visit.Draft.HealthCodeBefore, health);
            await events.RecordAsync(visit.Application.Object, EventReason.ResourceUpdated, $"Updated health status: {visit.Draft.HealthCodeBefore} -> {health}", cancellationToken);
        }

        foreach (var condition in visit.Conditions.Where(condition => !visit.KeepsConditions && visit.Application.Status.ObjectsAt("conditions").All(known => known.TextAt("message") != condition.Message)))
        {
            LogCondition(logger, visit.Application.Key, condition.Type, condition.Message);
        }
    }

    // In Argo CD's words: dashboards and notifications look for them.
    private async Task TellOperationAsync(Visit visit, CancellationToken cancellationToken)
    {
        if (visit.Draft.OperationState is not { } state)
        {
            return;
        }

        var before = visit.Application.OperationState;
        var operation = new SyncOperation(state["operation"] as JsonObject ?? []);
        var result = state["syncResult"] as JsonObject ?? [];
        var revision = result.TextAt("revision") is { Length: > 0 } one ? one : string.Join(',', result.TextsAt("revisions") is { Count: > 0 } many ? many : visit.Newest);
        if (state.TextAt("startedAt") != before?.TextAt("startedAt"))
        {
            var kind = operation.IsAutomated ? "Initiated automated sync to" : "Initiated sync to";
            await events.RecordAsync(visit.Application.Object, EventReason.OperationStarted, $"{kind} '{revision}'", cancellationToken);
        }

        var phase = state.TextAt("phase");
        var isNews = phase != before?.TextAt("phase") || state.TextAt("startedAt") != before.TextAt("startedAt");
        if (!isNews || !OperationPhase.IsFinal(phase))
        {
            return;
        }

        var name = operation.IsPartial ? "Partial sync operation" : "Sync operation";
        await (phase == OperationPhase.Succeeded
            ? events.RecordAsync(visit.Application.Object, EventReason.OperationCompleted, $"{name} to {revision} succeeded", cancellationToken)
            : events.WarnAsync(visit.Application.Object, EventReason.OperationCompleted, $"{name} to {revision} failed: {state.TextAt("message")}", cancellationToken));
    }

    [LoggerMessage(EventId = 10, Level = LogLevel.Information, Message = "Application {Application}: sync status {Before} -> {After}")]
    private static partial void LogSync(ILogger logger, NamespacedName application, string before, string after);

    [LoggerMessage(EventId = 11, Level = LogLevel.Information, Message = "Application {Application}: health status {Before} -> {After}")]
    private static partial void LogHealth(ILogger logger, NamespacedName application, string before, string after);

    [LoggerMessage(EventId = 12, Level = LogLevel.Warning, Message = "Application {Application}: {Condition}: {Reason}")]
    private static partial void LogCondition(ILogger logger, NamespacedName application, string condition, string reason);
}
