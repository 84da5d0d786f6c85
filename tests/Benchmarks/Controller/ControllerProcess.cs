using System.Diagnostics;
using System.Globalization;
using SecretsOps.Testing;

namespace SecretsOps.Benchmarks.Controller;

/// <summary>The published controller as a process of its own, watched through its probes and metrics.</summary>
internal sealed class ControllerProcess : MeasuredProcess
{
    private readonly HttpClient _http = new();
    private readonly int _apiPort;
    private readonly int _metricsPort;

    private ControllerProcess(ProcessStartInfo start, int apiPort, int metricsPort)
        : base(start) => (_apiPort, _metricsPort) = (apiPort, metricsPort);

    /// <summary>Starts it against a cluster, with the keys of one namespace.</summary>
    public static ControllerProcess Start(string kubeconfig, string ownNamespace)
    {
        var (api, metrics) = (FreePort(), FreePort());
        string[] arguments =
        [
            "run", "--kubeconfig", kubeconfig, "--namespace", ownNamespace, "--listen-addr", $"127.0.0.1:{api}", "--listen-metrics-addr", $"127.0.0.1:{metrics}",
            "--sync-engine=false", "--sops-secrets=false", "--key-renew-period=0", "--leader-elect=false", "--log-level=ERROR",
        ];
        var start = new ProcessStartInfo(RepositoryRoot.Combine("dist", "secretsops-controller"), arguments);
        return new ControllerProcess(start, api, metrics);
    }

    /// <summary>Waits until <c>/readyz</c> says ok.</summary>
    public Task ReadyAsync() => Eventually.TrueAsync(IsReadyAsync, "the controller is ready", TimeSpan.FromMinutes(5));

    /// <summary>A metric without labels.</summary>
    public async Task<double> MetricAsync(string name)
    {
        if (Process.HasExited)
        {
            throw new InvalidOperationException($"the controller has ended with code {Process.ExitCode}");
        }

        var text = await _http.GetStringAsync(new Uri($"http://127.0.0.1:{_metricsPort}/metrics")).ConfigureAwait(false);
        var line = text.Split('\n').First(candidate => candidate.StartsWith($"sealed_secrets_controller_{name} ", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        _http.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var reply = await _http.GetAsync(new Uri($"http://127.0.0.1:{_apiPort}/readyz")).ConfigureAwait(false);
            return reply.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
