using System.Diagnostics;
using System.Text;

namespace SecretsOps.EndToEnd.Tests;

/// <summary>The published controller with nothing but its sync engine on, in a process of its own.</summary>
internal sealed class EngineProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();

    /// <summary>Starts it; Applications lie in <paramref name="controlNamespace"/>.</summary>
    public EngineProcess(string kubeconfig, string controlNamespace, string temporaryFolder)
    {
        string[] arguments =
        [
            "run", "--kubeconfig", kubeconfig, "--namespace", controlNamespace, "--applications-namespace", controlNamespace,
            "--sealing=false", "--sops-secrets=false", "--leader-elect=false", "--listen-addr", "127.0.0.1:0", "--listen-metrics-addr", "127.0.0.1:0",
        ];
        var start = new ProcessStartInfo(Published.Controller, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TMPDIR"] = temporaryFolder; // its clones outlive it there
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All it logged so far.</summary>
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

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void Append(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
