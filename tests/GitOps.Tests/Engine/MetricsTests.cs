using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using SecretsOps.GitOps.Telemetry;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>What dashboards made for Argo CD find under the names they know.</summary>
public sealed class MetricsTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private readonly TestRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task Q02_a_sync_is_told_under_Argo_CDs_names_and_labels()
    {
        var measured = new ConcurrentQueue<(string Name, IReadOnlyDictionary<string, string> Tags)>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => { if (instrument.Meter.Name == EngineTelemetry.Name) { self.EnableMeasurementEvents(instrument); } } };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => measured.Enqueue((instrument.Name, Read(tags))));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => measured.Enqueue((instrument.Name, Read(tags))));
        listener.Start();
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));

        var name = await engine.CreateAsync(_repository, "app", space);
        await engine.UntilSyncedAsync(name);
        await Eventually.PassesAsync(() =>
        {
            listener.RecordObservableInstruments();
            var info = measured.Last(one => one.Name == "argocd_app_info" && one.Tags["name"] == name).Tags;
            Assert.Equal(("Synced", "Healthy", "true"), (info["sync_status"], info["health_status"], info["autosync_enabled"]));
            return Task.CompletedTask;
        });

        var application = measured.Last(one => one.Name == "argocd_app_info" && one.Tags["name"] == name).Tags;
        Assert.Equal(
            (engine.ControlNamespace, "default", _repository.Url, "https://kubernetes.default.svc", space, ""),
            (application["namespace"], application["project"], application["repo"], application["dest_server"], application["dest_namespace"], application["operation"]));
        var sync = Assert.Single(measured, one => one.Name == "argocd_app_sync_total" && one.Tags["name"] == name).Tags;
        Assert.Equal((engine.ControlNamespace, "default", "https://kubernetes.default.svc", "Succeeded", "false"), (sync["namespace"], sync["project"], sync["dest_server"], sync["phase"], sync["dry_run"]));
        await Eventually.TrueAsync( // a visit is measured when it has ended, after its status is written
            () => Task.FromResult(measured.Any(one => one.Name == "argocd_app_reconcile" && one.Tags["namespace"] == engine.ControlNamespace)), "the visit is measured");
        foreach (var type in new[] { "ls-remote", "fetch" })
        {
            Assert.Contains(measured, one => one.Name == "argocd_git_request_total" && one.Tags["repo"] == _repository.Url && one.Tags["request_type"] == type);
        }
    }

    private static Dictionary<string, string> Read(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in tags)
        {
            read[name] = value?.ToString() ?? "";
        }

        return read;
    }
}
