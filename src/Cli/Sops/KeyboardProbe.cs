using System.ComponentModel;
using System.Diagnostics;

namespace SecretsOps.Cli.Sops;

/// <summary>Tells an interrupt typed at the terminal, which its whole group of processes gets, from one sent to us alone: a child that waits beside us dies of the first only.</summary>
internal sealed class KeyboardProbe(bool hasTerminal, Action onClosed) : IDisposable
{
    // The terminal interrupts all at once; the kernel needs a moment to end the child.
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(300);

    private Process? _waiting = hasTerminal ? Start() : null;

    /// <summary>Whether the interrupt that just came was typed.</summary>
    public bool WasInterrupted()
    {
        if (_waiting?.WaitForExit(Delay) != true)
        {
            return false;
        }

        _waiting.Dispose();
        _waiting = Start();
        return true;
    }

    public void Dispose()
    {
        onClosed();
        _waiting?.StandardInput.Close();
        _waiting?.Dispose();
    }

    private static Process? Start()
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "read -r end"]) { RedirectStandardInput = true };
        start.Environment.Clear();
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
