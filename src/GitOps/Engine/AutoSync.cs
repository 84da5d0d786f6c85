using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Status;

namespace SecretsOps.GitOps.Engine;

/// <summary>What automated sync makes of a comparison: an operation, a wait, a complaint, or nothing.</summary>
internal sealed record AutoSyncDecision(SyncOperation? Operation = null, Condition? Condition = null, TimeSpan? Wait = null)
{
    public static readonly AutoSyncDecision Nothing = new();
}

/// <summary>Whether the hooks in Git are those that were seen before.</summary>
internal enum HookNews
{
    None,
    Changed,
}

/// <summary>Decides, in Argo CD's order of questions, whether an Application that is out of sync is synced by itself.</summary>
internal static class AutoSync
{
    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromSeconds(300);

    public static AutoSyncDecision Decide(Application application, DiffResult diff, IReadOnlyList<string> revisions, HealBackOff heals, HookNews hooks, DateTimeOffset now)
    {
        var automated = application.SyncPolicy.Automated;
        // What cannot be compared does not hold up what can: a sync applies all of it and says which object the server failed on.
        if (automated is null || application.Object.IsBeingDeleted || (diff.Code == SyncCode.Unknown && diff.Counted.All(entry => entry.Code != SyncCode.OutOfSync)))
        {
            return AutoSyncDecision.Nothing;
        }

        if (diff.Code == SyncCode.Synced && diff.Entries.Any(entry => entry.Target is { Hook.IsHook: true }) && IsNews(application, hooks, revisions))
        {
            return new AutoSyncDecision(Operation(application, automated, revisions, [], 0));
        }

        if (diff.Code == SyncCode.Synced)
        {
            return RepairHooks(application, automated, diff, revisions, heals, now);
        }

        List<DiffEntry> drifted = [.. diff.Counted.Where(entry => entry.Code == SyncCode.OutOfSync)];
        if (!automated.Prunes && drifted.All(entry => entry.Target is null))
        {
            return AutoSyncDecision.Nothing;
        }

        if (WasAttempted(application, revisions))
        {
            return AfterAttempt(application, automated, diff, drifted, revisions, heals, now);
        }

        if (WouldWipeOut(automated, diff))
        {
            return new AutoSyncDecision(Condition: new Condition(ConditionTypes.SyncError, $"Skipping sync attempt to [{Join(revisions)}]: auto-sync will wipe out all resources"));
        }

        heals.Forget();
        return new AutoSyncDecision(Operation(application, automated, revisions, [], 0));
    }

    // Unlike Argo CD a commit that changes nothing but hooks is synced too, and so is an Application that has nothing else.
    private static bool IsNews(Application application, HookNews hooks, IReadOnlyList<string> revisions) =>
        application.OperationState is null || (hooks == HookNews.Changed && !WasAttempted(application, revisions));

    /// <summary>Hooks that stay (not Jobs) are put right like anything else; that they are missing never makes an Application OutOfSync.</summary>
    private static AutoSyncDecision RepairHooks(Application application, AutomatedSync automated, DiffResult diff, IReadOnlyList<string> revisions, HealBackOff heals, DateTimeOffset now)
    {
        List<DiffEntry> changed = [.. diff.ChangedHooks];
        if (!automated.SelfHeals || changed.Count == 0 || !WasAttempted(application, revisions) || application.OperationState!.TextAt("phase") != OperationPhase.Succeeded)
        {
            return AutoSyncDecision.Nothing;
        }

        return heals.Remaining(now) is { Ticks: > 0 } wait
            ? new AutoSyncDecision(Wait: wait)
            : new AutoSyncDecision(Operation(application, automated, revisions, changed, heals.Count(now)));
    }

    private static bool WasAttempted(Application application, IReadOnlyList<string> revisions)
    {
        if (application.OperationState is not { } state || !OperationPhase.IsFinal(state.TextAt("phase")) || state["syncResult"] is not JsonObject result)
        {
            return false;
        }

        var attempted = application.HasManySources ? result.TextsAt("revisions") : [result.TextAt("revision")];
        var sources = application.HasManySources ? application.Spec["sources"] : application.Spec["source"];
        return string.Join(',', attempted) == Join(revisions) && JsonNode.DeepEquals(application.HasManySources ? result["sources"] : result["source"], sources);
    }

    private static AutoSyncDecision AfterAttempt(
        Application application, AutomatedSync automated, DiffResult diff, List<DiffEntry> drifted, IReadOnlyList<string> revisions, HealBackOff heals, DateTimeOffset now)
    {
        var state = application.OperationState!;
        var succeeded = state.TextAt("phase") == OperationPhase.Succeeded;
        var complaint = succeeded ? null : new Condition(ConditionTypes.SyncError, $"Failed last sync attempt to [{Join(revisions)}]: {state.TextAt("message")}");
        if (!automated.SelfHeals)
        {
            return new AutoSyncDecision(Condition: complaint);
        }

        // Unlike Argo CD self-heal keeps trying after a failure, slowly (argocd.md, quirks).
        var wait = succeeded ? heals.Remaining(now) : SinceFailure(state, now);
        if (wait > TimeSpan.Zero)
        {
            return new AutoSyncDecision(Condition: complaint, Wait: wait);
        }

        List<DiffEntry> healed = [.. drifted.Where(entry => entry.Target is not null || (automated.Prunes && entry.Live is { } live && !live.HasOption("Prune=false")))];
        if (healed.Count == 0)
        {
            return new AutoSyncDecision(Condition: complaint);
        }

        return new AutoSyncDecision(Operation(application, automated, revisions, succeeded ? [.. healed, .. diff.ChangedHooks] : [], heals.Count(now)), complaint);
    }

    private static TimeSpan SinceFailure(JsonObject state, DateTimeOffset now) =>
        DateTimeOffset.TryParse(state.TextAt("finishedAt"), out var finishedAt) && finishedAt + RetryAfterFailure > now ? finishedAt + RetryAfterFailure - now : TimeSpan.Zero;

    private static bool WouldWipeOut(AutomatedSync automated, DiffResult diff) =>
        automated is { Prunes: true, AllowsEmpty: false } && diff.Counted.Any() && diff.Counted.All(entry => entry.Target is null);

    private static SyncOperation Operation(Application application, AutomatedSync automated, IReadOnlyList<string> revisions, List<DiffEntry> only, int attempts)
    {
        var sync = new JsonObject { ["prune"] = automated.Prunes };
        if (application.HasManySources)
        {
            sync["revisions"] = new JsonArray([.. revisions.Select(revision => (JsonNode)revision)]);
        }
        else
        {
            sync["revision"] = revisions[0];
        }

        if (application.SyncPolicy.Options is { Count: > 0 } options)
        {
            sync["syncOptions"] = new JsonArray([.. options.Select(option => (JsonNode)option)]);
        }

        if (only.Count > 0)
        {
            sync["resources"] = new JsonArray([.. only.Select(Selection)]);
        }

        if (attempts > 0)
        {
            sync["autoHealAttemptsCount"] = attempts;
        }

        return new SyncOperation(new JsonObject
        {
            ["sync"] = sync,
            ["initiatedBy"] = new JsonObject { ["automated"] = true },
            ["retry"] = application.SyncPolicy.Retry?.DeepClone() ?? new JsonObject { ["limit"] = RetryPolicy.Automated.Limit },
        });
    }

    private static JsonObject Selection(DiffEntry entry)
    {
        var key = entry.Target?.Key ?? entry.Live!.Key;
        var selection = new JsonObject { ["kind"] = key.Kind, ["name"] = key.Name };
        if (key.Group.Length > 0)
        {
            selection["group"] = key.Group;
        }

        if (key.Namespace.Length > 0)
        {
            selection["namespace"] = key.Namespace;
        }

        return selection;
    }

    private static string Join(IReadOnlyList<string> revisions) => string.Join(',', revisions);
}
