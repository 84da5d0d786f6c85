using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SecretsOps.GitOps.Telemetry;

/// <summary>The engine's instruments, under Argo CD's names where they mean the same, and one span for each stage of a sync.</summary>
/// <remarks>Tags are names, kinds and codes; nothing rendered and nothing secret. Who wants them listens; without a listener they cost next to nothing.</remarks>
public static class EngineTelemetry
{
    /// <summary>The name of the meter and of the source of spans.</summary>
    public const string Name = "SecretsOps.GitOps";

    internal static readonly ActivitySource Spans = new(Name);

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Syncs = Meter.CreateCounter<long>("argocd_app_sync_total", null, "Number of application syncs.");
    private static readonly Histogram<double> Reconciles = Meter.CreateHistogram<double>("argocd_app_reconcile", "s", "Application reconciliation performance in seconds.");
    private static readonly Histogram<double> SetReconciles = Meter.CreateHistogram<double>("argocd_appset_reconcile", "s", "Application set reconciliation performance in seconds.");
    private static readonly Counter<long> GitRequests = Meter.CreateCounter<long>("argocd_git_request_total", null, "Number of git requests performed.");
    private static readonly Histogram<double> GitDurations = Meter.CreateHistogram<double>("argocd_git_request_duration_seconds", "s", "Git requests duration seconds.");
    private static readonly Counter<long> Renderings = Meter.CreateCounter<long>("secretsops_renderings_total", null, "Sources rendered, by tool, and whether the result was known already.");

    internal static void CountSync(string @namespace, string name, string project, string server, string phase, bool isDryRun) => Syncs.Add(
        1, new("namespace", @namespace), new("name", name), new("project", project), new("dest_server", server), new("phase", phase), new("dry_run", isDryRun ? "true" : "false"));

    internal static void CountReconcile(string @namespace, TimeSpan duration) => Reconciles.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("namespace", @namespace));

    internal static void CountSetReconcile(string @namespace, string name, TimeSpan duration) =>
        SetReconciles.Record(duration.TotalSeconds, new("namespace", @namespace), new("name", name));

    internal static void CountGitRequest(string repository, string type, TimeSpan duration)
    {
        GitRequests.Add(1, new("repo", repository), new("request_type", type));
        GitDurations.Record(duration.TotalSeconds, new("repo", repository), new("request_type", type));
    }

    internal static void CountRendering(string tool, bool wasKnown) => Renderings.Add(1, new("tool", tool), new("cached", wasKnown ? "true" : "false"));

    /// <summary>Begins the span of a stage; null when nobody listens.</summary>
    internal static Activity? Stage(string name) => Spans.StartActivity(name);
}
