using System.Runtime.InteropServices;

namespace SecretsOps.Cli.Sops;

/// <summary>What signals do while a plaintext lies in the editor's folder: they end the editing, and the folder goes away.</summary>
/// <remarks>An interrupt belongs to the editor while one is open: there it means something else.</remarks>
internal sealed class EditSignals : IDisposable
{
    // The editor gets the signal first and may end by itself.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop;
    private readonly List<PosixSignalRegistration> _registrations = [];

    public EditSignals(CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGINT })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, End));
        }
    }

    /// <summary>Cancelled soon after a signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Whether a signal asked to end.</summary>
    public bool WasEnded { get; private set; }

    /// <summary>Whether the editor runs at the moment.</summary>
    public bool IsEditorOpen { get; set; }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _stop.Dispose();
    }

    private void End(PosixSignalContext context)
    {
        context.Cancel = true;
        if (context.Signal == PosixSignal.SIGINT && IsEditorOpen)
        {
            return;
        }

        WasEnded = true;
        _stop.CancelAfter(IsEditorOpen ? Grace : TimeSpan.Zero);
    }
}
