using System.Globalization;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Status;

namespace SecretsOps.GitOps.Engine;

/// <summary>Reads the operation under way out of an Application and writes its progress back: all that a restarted engine needs.</summary>
internal static class OperationLedger
{
    /// <summary>The operation that the Application asks for or has begun, or null.</summary>
    public static ActiveOperation? Read(Application application, DateTimeOffset now)
    {
        var state = application.OperationState;
        var phase = state?.TextAt("phase") ?? "";
        if (state is not null && phase is OperationPhase.Running or OperationPhase.Terminating)
        {
            return new ActiveOperation
            {
                Operation = new SyncOperation(state!["operation"] as JsonObject ?? []),
                StartedAt = ParseTime(state.TextAt("startedAt")) ?? now,
                RetryCount = state.NumberAt("retryCount") ?? 0,
                IsTerminating = phase == OperationPhase.Terminating,
                Recorded = (state["syncResult"] as JsonObject)?["resources"] is JsonArray ? state["syncResult"] as JsonObject : null,
            };
        }

        return application.Operation is { } operation
            ? Begin(new SyncOperation(operation), application, now)
            : null;
    }

    /// <summary>A new operation. Its start is its name: by the second as Argo CD records times, by the millisecond where another began in the same second.</summary>
    public static ActiveOperation Begin(SyncOperation operation, Application application, DateTimeOffset now)
    {
        var start = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
        if (ParseTime(application.OperationState?.TextAt("startedAt") ?? "") is { } before && before >= start)
        {
            start = DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(now.ToUnixTimeMilliseconds(), before.ToUnixTimeMilliseconds() + 1));
        }

        return new() { Operation = operation, StartedAt = start };
    }

    /// <summary>How long a failed operation still waits for its next attempt; zero when it may go on.</summary>
    public static TimeSpan UntilRetry(Application application, DateTimeOffset now)
    {
        var state = application.OperationState;
        if (state?.TextAt("phase") != OperationPhase.Running || ParseTime(state.TextAt("finishedAt")) is not { } failedAt)
        {
            return TimeSpan.Zero;
        }

        var retry = new SyncOperation(state["operation"] as JsonObject ?? []).Retry;
        var due = failedAt + retry.DelayAfter(Math.Max(0, (state.NumberAt("retryCount") ?? 1) - 1));
        return due > now ? due - now : TimeSpan.Zero;
    }

    /// <summary>The state of an operation that is about to write for the first time.</summary>
    public static JsonObject Started(ActiveOperation active) => new()
    {
        ["operation"] = active.Operation.Json.DeepClone(),
        ["phase"] = OperationPhase.Running,
        ["message"] = active.RetryCount > 0 ? $"Retrying operation. Attempt #{active.RetryCount}" : "",
        ["startedAt"] = active.StartedAt.Millisecond == 0 ? StatusDraft.Time(active.StartedAt) : active.StartedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        ["retryCount"] = active.RetryCount,
    };

    /// <summary>The state after a step; a failure with attempts left stays Running and says when it is tried again.</summary>
    public static JsonObject Write(ActiveOperation active, OperationProgress progress, StatusDraft draft, IReadOnlyList<string> revisions, DateTimeOffset now)
    {
        var state = Started(active);
        var result = new JsonObject();
        draft.AddSources(result, active.Operation, revisions);
        var resources = TaskResults.Write(progress.Tasks);
        foreach (var finished in TaskResults.Finished(active.Recorded, progress.Tasks))
        {
            resources.Add(finished.DeepClone());
        }

        result["resources"] = resources;
        state["phase"] = progress.Phase;
        state["message"] = progress.Message;
        state["syncResult"] = result;
        if (progress.IsFinal)
        {
            state["finishedAt"] = StatusDraft.Time(now);
            Retry(state, active, progress, now);
        }

        return state;
    }

    /// <summary>The state of an operation that could not even be compared.</summary>
    public static JsonObject Failed(ActiveOperation active, string message, DateTimeOffset now)
    {
        var state = Started(active);
        state["phase"] = OperationPhase.Error;
        state["message"] = message;
        state["finishedAt"] = StatusDraft.Time(now);
        Retry(state, active, new OperationProgress(OperationPhase.Error, message, []), now);
        return state;
    }

    private static void Retry(JsonObject state, ActiveOperation active, OperationProgress progress, DateTimeOffset now)
    {
        var policy = active.Operation.Retry;
        if (progress.Phase == OperationPhase.Succeeded || active.IsTerminating)
        {
            return;
        }

        if (policy.Allows(active.RetryCount))
        {
            var next = now + policy.DelayAfter(active.RetryCount);
            state["phase"] = OperationPhase.Running;
            state["retryCount"] = active.RetryCount + 1;
            state["message"] = $"{progress.Message}. Retrying attempt #{active.RetryCount + 1} at {next.UtcDateTime.ToString("h:mmtt", CultureInfo.InvariantCulture)}.";
            (state["syncResult"] as JsonObject)?.Remove("resources"); // the next attempt starts with an empty result
        }
        else if (active.RetryCount > 0)
        {
            state["message"] = $"{progress.Message} (retried {active.RetryCount} times).";
        }
    }

    private static DateTimeOffset? ParseTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
