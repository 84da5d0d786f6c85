using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Engine;

namespace SecretsOps.GitOps.Telemetry;

/// <summary>What is true of the engine's Applications and clusters when somebody asks.</summary>
internal sealed class EngineGauges : IDisposable
{
    private readonly Meter _meter = new(EngineTelemetry.Name);
    private readonly Func<IEnumerable<Application>> _applications;
    private readonly ClusterRegistry _clusters;

    public EngineGauges(Func<IEnumerable<Application>> applications, ClusterRegistry clusters)
    {
        (_applications, _clusters) = (applications, clusters);
        _meter.CreateObservableGauge("argocd_app_info", Applications, null, "Information about application.");
        _meter.CreateObservableGauge("argocd_cluster_connection_status", Clusters, null, "The k8s cluster current connection status.");
        _meter.CreateObservableGauge("argocd_cluster_api_resources", Resources, null, "Number of k8s API resources of a cluster.");
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Applications() => _applications().Select(application => new Measurement<long>(
        1,
        new("namespace", application.Key.Namespace),
        new("name", application.Key.Name),
        new("project", application.Project),
        new("repo", application.Sources is [var first, ..] ? Sources.RepositoryUrl.Redact(first.RepoUrl) : ""),
        new("dest_server", application.Destination.Server.Length > 0 ? application.Destination.Server : _clusters.Find(application.Destination).Cluster?.Server ?? ""),
        new("dest_namespace", application.Destination.Namespace),
        new("sync_status", Status(application, "sync")),
        new("health_status", Status(application, "health")),
        new("operation", application.OperationState?.TextAt("phase") is "Running" or "Terminating" ? "sync" : ""),
        new("autosync_enabled", application.SyncPolicy.Automated is null ? "false" : "true")));

    private IEnumerable<Measurement<long>> Clusters() => _clusters.All.Select(cluster => new Measurement<long>(cluster.IsScanned ? 1 : 0, new KeyValuePair<string, object?>("server", cluster.Server)));

    private IEnumerable<Measurement<long>> Resources() => _clusters.All.Select(cluster => new Measurement<long>(cluster.ApiVersions.Count, new KeyValuePair<string, object?>("server", cluster.Server)));

    private static string Status(Application application, string part) => (application.Status[part] as JsonObject)?.TextAt("status") is { Length: > 0 } status ? status : "Unknown";
}
