using System.Diagnostics;
using System.Globalization;
using System.Text;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Testing.Programs;

namespace SecretsOps.EndToEnd.Tests;

/// <summary>A <c>secretsops up</c> in a process of its own, with a client for its API server.</summary>
internal sealed class RunningUp : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log;

    private RunningUp(Process process, StringBuilder log, ApiClient client, string kubeconfig)
    {
        _process = process;
        _log = log;
        Client = client;
        Kubeconfig = kubeconfig;
    }

    public ApiClient Client { get; }

    public string Kubeconfig { get; }

    /// <summary>All it printed so far, both streams.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts it and waits for the line that says it is ready.</summary>
    public static async Task<RunningUp> StartAsync(string dataDirectory, params string[] arguments)
    {
        var log = new StringBuilder();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = Launch(dataDirectory, arguments, log, ready);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var giveUp = deadline.Token.Register(() => ready.TrySetException(new TimeoutException("'secretsops up' was not ready within 60 s.")));
        try
        {
            await ready.Task;
        }
        catch (Exception)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        var kubeconfig = Path.Combine(dataDirectory, "kubeconfig");
        var connection = SecretsOps.Kubernetes.Client.Kubeconfig.Load(new KubeconfigOptions { Path = kubeconfig });
        return new RunningUp(process, log, new ApiClient(connection), kubeconfig);
    }

    /// <summary>Starts it and kills it after a while, ready or not: what a power cut does.</summary>
    public static async Task StartAndKillAsync(string dataDirectory, TimeSpan after, StringBuilder log, params string[] arguments)
    {
        var process = Launch(dataDirectory, arguments, log, new TaskCompletionSource());
        await Task.Delay(after);
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    /// <summary><c>kill -9</c>, with whatever it started.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Ctrl-C; returns its exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        var pid = _process.Id.ToString(CultureInfo.InvariantCulture);
        (await ExternalProgram.RunAsync("/bin/kill", ["-INT", pid])).ShouldSucceed();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static Process Launch(string dataDirectory, string[] arguments, StringBuilder log, TaskCompletionSource ready)
    {
        var start = new ProcessStartInfo(Published.SecretsOps, ["up", "--data", dataDirectory, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Append(log, line.Data, ready);
        process.ErrorDataReceived += (_, line) => Append(log, line.Data, ready);
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"'secretsops up' ended: {log}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static void Append(StringBuilder log, string? line, TaskCompletionSource ready)
    {
        if (line is null)
        {
            return;
        }

        lock (log)
        {
            log.AppendLine(line);
        }

        if (line.Contains("export KUBECONFIG=", StringComparison.Ordinal))
        {
            ready.TrySetResult();
        }
    }
}
