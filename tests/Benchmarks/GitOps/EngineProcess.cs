using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Benchmarks.GitOps;

/// <summary>The published controller with only its sync engine at work, as a process of its own; what LocalCluster costs is another process's.</summary>
internal sealed class EngineProcess : IAsyncDisposable
{
    private readonly Process _process;

    private EngineProcess(Process process) => _process = process;

    /// <summary>User and system time of the engine itself, in seconds; that of git and renderers is theirs.</summary>
    public double CpuSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Highest resident memory so far, in MiB.</summary>
    public double PeakMebibytes => Status("VmHWM:") / 1024;

    /// <summary>Resident memory now, in MiB.</summary>
    public double ResidentMebibytes => Status("VmRSS:") / 1024;

    public static EngineProcess Start(TestCluster cluster, string ownNamespace, string folder)
    {
        string[] arguments =
        [
            "run", "--kubeconfig", cluster.KubeconfigPath, "--namespace", ownNamespace, "--applications-namespace", ownNamespace, "--sealing=false", "--sync-engine=true", "--sops-secrets=false",
            "--listen-addr", $"127.0.0.1:{FreePort()}", "--listen-metrics-addr", $"127.0.0.1:{FreePort()}", "--key-renew-period=0", "--leader-elect=false", "--log-level=ERROR",
        ];
        var start = new ProcessStartInfo(RepositoryRoot.Combine("dist", "secretsops-controller"), arguments);
        start.Environment["PATH"] = $"{Path.GetDirectoryName(ExternalPrograms.Git)}:/usr/bin:/bin";
        start.Environment["XDG_CACHE_HOME"] = folder;
        start.Environment["HOME"] = folder;
        start.Environment["TMPDIR"] = folder;
        return new EngineProcess(Process.Start(start) ?? throw new InvalidOperationException("the controller did not start"));
    }

    /// <summary>Waits until the engine has used hardly any CPU for a second; gives its CPU seconds then.</summary>
    public async Task<double> QuietAsync(CancellationToken cancellationToken)
    {
        for (var before = CpuSeconds; ; before = CpuSeconds)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
            if (CpuSeconds - before < 0.02)
            {
                return CpuSeconds;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private double Status(string name)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(candidate => candidate.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
