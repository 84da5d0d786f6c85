using System.Diagnostics.Metrics;
using System.Text;

using SecretsOps.Controller.Metrics;

namespace SecretsOps.Controller.Tests.Metrics;

public sealed class MeterExpositionTests
{
    [Fact]
    public void Q02_counters_histograms_and_gauges_are_exposed_under_their_own_names()
    {
        using var meter = new Meter($"test-{Guid.NewGuid():n}");
        using var exposition = new MeterExposition(meter.Name);
        using var foreign = new Meter("foreign");
        var present = new List<string> { "web", "db" };
        var counter = meter.CreateCounter<long>("argocd_app_sync_total", null, "Number of application syncs.");
        var histogram = meter.CreateHistogram<double>("argocd_app_reconcile", "s", "Seconds.");
        meter.CreateObservableGauge("argocd_app_info", () => present.Select(name => new Measurement<long>(1, new KeyValuePair<string, object?>("name", name))), null, "Applications.");

        counter.Add(1, new KeyValuePair<string, object?>("name", "web"), new KeyValuePair<string, object?>("phase", "Succeeded"));
        counter.Add(2, new KeyValuePair<string, object?>("name", "web"), new KeyValuePair<string, object?>("phase", "Succeeded"));
        histogram.Record(0.2, new KeyValuePair<string, object?>("namespace", "argocd"));
        foreign.CreateCounter<long>("foreign_total").Add(1);
        var first = Expose(exposition);
        present.Remove("db");
        var second = Expose(exposition);

        Assert.Contains("# TYPE argocd_app_sync_total counter\nargocd_app_sync_total{name=\"web\",phase=\"Succeeded\"} 3\n", first, StringComparison.Ordinal);
        Assert.Contains("argocd_app_reconcile_count{namespace=\"argocd\"} 1\n", first, StringComparison.Ordinal);
        Assert.Contains("argocd_app_info{name=\"db\"} 1\n", first, StringComparison.Ordinal);
        Assert.DoesNotContain("foreign", first, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"db\"", second, StringComparison.Ordinal); // what is gone is told no more
        Assert.Contains("argocd_app_info{name=\"web\"} 1\n", second, StringComparison.Ordinal);
    }

    private static string Expose(MeterExposition exposition)
    {
        var text = new StringBuilder();
        exposition.WriteTo(text);
        return text.ToString();
    }
}
