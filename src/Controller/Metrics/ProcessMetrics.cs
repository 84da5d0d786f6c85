using System.Diagnostics;
using System.Text;

namespace SecretsOps.Controller.Metrics;

/// <summary>The <c>process_*</c> metrics that dashboards expect of every Prometheus client.</summary>
internal static class ProcessMetrics
{
    /// <summary>Appends the metrics of this process.</summary>
    public static void WriteTo(StringBuilder text)
    {
        using var process = Process.GetCurrentProcess();
        Write(text, "process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.", process.TotalProcessorTime.TotalSeconds);
        Write(text, "process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", process.WorkingSet64);
        Write(text, "process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds.", new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000d);
        if (Directory.Exists("/proc/self/fd"))
        {
            Write(text, "process_open_fds", "gauge", "Number of open file descriptors.", Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
        }
    }

    private static void Write(StringBuilder text, string name, string type, string help, double value)
    {
        MetricFamily.WriteHeader(text, name, type, help);
        MetricFamily.WriteSample(text, name, [], [], value);
    }
}
