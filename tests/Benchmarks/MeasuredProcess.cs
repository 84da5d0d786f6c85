using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SecretsOps.Benchmarks;

/// <summary>A published program under measurement, as a process of its own: what LocalCluster costs is another process's.</summary>
internal abstract class MeasuredProcess(ProcessStartInfo start) : IAsyncDisposable
{
    /// <summary>The process.</summary>
    protected Process Process { get; } = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");

    /// <summary>User and system time of the process itself, in seconds; that of programs it starts is theirs.</summary>
    public double CpuSeconds
    {
        get
        {
            Process.Refresh();
            return Process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Highest resident memory so far, in MiB.</summary>
    public double PeakMebibytes => Status("VmHWM:") / 1024;

    /// <summary>Resident memory now, in MiB.</summary>
    public double ResidentMebibytes => Status("VmRSS:") / 1024;

    /// <summary>Waits until the process has used hardly any CPU for a second; gives its CPU seconds then.</summary>
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

    public virtual async ValueTask DisposeAsync()
    {
        Process.Kill(entireProcessTree: true);
        await Process.WaitForExitAsync().ConfigureAwait(false);
        Process.Dispose();
    }

    /// <summary>A port of loopback that was free a moment ago.</summary>
    protected static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private double Status(string name)
    {
        var line = File.ReadLines($"/proc/{Process.Id}/status").First(candidate => candidate.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
