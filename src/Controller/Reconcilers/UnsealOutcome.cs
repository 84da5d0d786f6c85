using SecretsOps.Controller.Metrics;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>How one reconcile of a SealedSecret ended: what its status, events and metrics say.</summary>
internal sealed record UnsealOutcome
{
    /// <summary>Whether the Secret equals the SealedSecret now.</summary>
    public required bool IsSynced { get; init; }

    /// <summary>The message of <c>Synced</c>, in upstream's words; empty on success.</summary>
    public string SyncedMessage { get; init; } = "";

    /// <summary>The reason of <c>Ready</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>The message of <c>Ready</c>: what happened, and what to do.</summary>
    public string Message { get; init; } = "";

    /// <summary>The event to send; empty for none.</summary>
    public string EventReason { get; init; } = "";

    /// <summary>The event's message.</summary>
    public string EventMessage { get; init; } = "";

    /// <summary>The label of <c>unseal_errors_total</c> when it failed.</summary>
    public UnsealErrorReason ErrorReason { get; init; }

    /// <summary>Fingerprints of the keys that opened it.</summary>
    public IReadOnlyList<string> SealedWith { get; init; } = [];

    /// <summary>The Secret as it is now; empty when there is none of ours.</summary>
    public SecretVersion Secret { get; init; }

    /// <summary>A failure that only a change of the object, of the keys or of the live Secret can end.</summary>
    public bool IsLasting { get; init; }
}

/// <summary>Which version of which Secret was last seen to be right.</summary>
internal readonly record struct SecretVersion(string Uid, string ResourceVersion)
{
    /// <summary>Whether there is one.</summary>
    public bool IsKnown => Uid?.Length > 0;
}
