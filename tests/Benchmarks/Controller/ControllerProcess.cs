using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SecretsOps.Testing;

namespace SecretsOps.Benchmarks.Controller;

/// <summary>The published controller as a process of its own, watched through its probes and metrics.</summary>
internal sealed class ControllerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http = new();
    private readonly int _apiPort;
    private readonly int _metricsPort;

    private ControllerProcess(Process process, int apiPort, int metricsPort) => (_process, _apiPort, _metricsPort) = (process, apiPort, metricsPort);

    /// <summary>Resident memory in MiB.</summary>
    public double ResidentMebibytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1048576d;
        }
    }

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
        return new ControllerProcess(Process.Start(start) ?? throw new InvalidOperationException("the controller did not start"), api, metrics);
    }

    /// <summary>Waits until <c>/readyz</c> says ok.</summary>
    public Task ReadyAsync() => Eventually.TrueAsync(IsReadyAsync, "the controller is ready", TimeSpan.FromMinutes(5));

    /// <summary>A metric without labels.</summary>
    public async Task<double> MetricAsync(string name)
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"the controller has ended with code {_process.ExitCode}");
        }

        var text = await _http.GetStringAsync(new Uri($"http://127.0.0.1:{_metricsPort}/metrics")).ConfigureAwait(false);
        var line = text.Split('\n').First(candidate => candidate.StartsWith($"sealed_secrets_controller_{name} ", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
