using System.Runtime.InteropServices;

namespace SecretsOps.Cli.Sops;

/// <summary>What signals do while a plaintext lies in the editor's folder: they end the editing, and the folder goes away.</summary>
/// <remarks>An interrupt typed at the terminal belongs to the editor while one is open: there it means something else.</remarks>
internal sealed class EditSignals : IDisposable
{
    // The editor gets the signal first and may end by itself.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private volatile KeyboardProbe? _keyboard;

    private readonly bool _hasTerminal;

    /// <summary>Begins to listen.</summary>
    /// <param name="hasTerminal">Whether a person types the input: an interrupt may then come from the keyboard.</param>
    /// <param name="cancellationToken">Ends the editing too.</param>
    public EditSignals(bool hasTerminal, CancellationToken cancellationToken)
    {
        _hasTerminal = hasTerminal;
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

    /// <summary>Whether an interrupt was left to the editor, which may have ended by it.</summary>
    public bool WasInterrupted { get; private set; }

    /// <summary>Whether the editor runs at the moment.</summary>
    public bool IsEditorOpen => _keyboard is not null;

    /// <summary>Says that the editor opens; dispose to say that it is closed.</summary>
    public IDisposable OpenEditor() => _keyboard = new KeyboardProbe(_hasTerminal, () => _keyboard = null);

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _stop.Dispose();
    }

    private void End(PosixSignalContext context)
    {
        context.Cancel = true;
        if (context.Signal == PosixSignal.SIGINT && _keyboard is { } keyboard && keyboard.WasInterrupted())
        {
            WasInterrupted = true;
            return;
        }

        WasEnded = true;
        _stop.CancelAfter(IsEditorOpen ? Grace : TimeSpan.Zero);
    }
}
