using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;

namespace SecretsOps.GitOps.Projects;

/// <summary>One entry of an AppProject's <c>syncWindows</c>: when, for which Applications, and whether it allows or denies.</summary>
internal sealed class SyncWindow(JsonObject json)
{
    public bool IsDeny => json.TextAt("kind") == "deny";

    public bool AllowsManual => json.FlagAt("manualSync");

    /// <summary>Whether a sync that began in time may be finished outside of the window.</summary>
    public bool AllowsOverrun => json.FlagAt("syncOverrun");

    /// <summary>Whether the window is about an Application: by name, destination namespace or cluster; all of them with <c>andOperator</c>.</summary>
    public bool Concerns(Application application, string server, string clusterName)
    {
        List<bool> answers = [];
        Ask(answers, "applications", pattern => GlobPattern.IsMatch(pattern, application.Object.Name));
        Ask(answers, "namespaces", pattern => GlobPattern.IsMatch(pattern, application.Destination.Namespace));
        Ask(answers, "clusters", pattern => GlobPattern.IsMatch(pattern, server) || GlobPattern.IsMatch(pattern, clusterName));
        return json.FlagAt("andOperator") ? answers.Count > 0 && answers.TrueForAll(answer => answer) : answers.Contains(true);
    }

    /// <summary>Whether the window is open at a moment: its schedule began it no longer ago than its duration.</summary>
    /// <exception cref="FormatException">Schedule, duration or time zone cannot be read.</exception>
    public bool IsOpen(DateTimeOffset now)
    {
        var duration = RetryPolicy.Duration(json["duration"], TimeSpan.Zero);
        var local = TimeZoneInfo.ConvertTime(now, Zone());
        return CronSchedule.Parse(json.TextAt("schedule")).LastBefore(local.DateTime, duration) is not null;
    }

    private void Ask(List<bool> answers, string field, Func<string, bool> fits)
    {
        if (json.TextsAt(field) is { Count: > 0 } patterns)
        {
            answers.Add(patterns.Any(fits));
        }
    }

    private TimeZoneInfo Zone() => json.TextAt("timeZone") switch
    {
        "" => TimeZoneInfo.Utc,
        var name when TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) => zone,
        var name => throw new FormatException($"syncWindows: '{name}' is not a known time zone: write one like Europe/Berlin"),
    };
}

/// <summary>Whether a project's windows let an Application be synced now.</summary>
internal static class SyncWindows
{
    /// <summary>In Argo CD's order: an open denial, an open permission, a permission that is closed; without windows everything is allowed.</summary>
    public static bool Permit(IEnumerable<SyncWindow> windows, bool isManual, DateTimeOffset now, DateTimeOffset? startedAt)
    {
        List<SyncWindow> relevant = [.. windows];
        if (startedAt is { } start && relevant.TrueForAll(window => window.AllowsOverrun) && Permit(relevant, isManual, start, null))
        {
            return true;
        }

        List<SyncWindow> denials = [.. relevant.Where(window => window.IsDeny && window.IsOpen(now))];
        if (denials.Count > 0)
        {
            return isManual && denials.TrueForAll(window => window.AllowsManual);
        }

        List<SyncWindow> permissions = [.. relevant.Where(window => !window.IsDeny)];
        return permissions.Count == 0 || permissions.Exists(window => window.IsOpen(now)) || (isManual && permissions.TrueForAll(window => window.AllowsManual));
    }
}
