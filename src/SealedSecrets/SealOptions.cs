namespace SecretsOps.SealedSecrets;

/// <summary>How to seal a Secret.</summary>
public sealed record SealOptions
{
    /// <summary>The scope to declare; null keeps what the Secret's annotations declare.</summary>
    public SealingScope? Scope { get; init; }

    /// <summary>Whether to note the key's fingerprint on the SealedSecret, so that a controller with many keys tries the right one first.</summary>
    public FingerprintNote Fingerprint { get; init; } = FingerprintNote.Omit;
}
