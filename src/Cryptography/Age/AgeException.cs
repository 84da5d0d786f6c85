namespace SecretsOps.Cryptography.Age;

/// <summary>What an age file was refused for.</summary>
public enum AgeFailure
{
    /// <summary>The header, a recipient or an identity is malformed.</summary>
    Header,

    /// <summary>No identity opens the file.</summary>
    NoMatch,

    /// <summary>The header was changed after encryption.</summary>
    HeaderMac,

    /// <summary>The payload was changed or cut.</summary>
    Payload,

    /// <summary>The ASCII armor is malformed.</summary>
    Armor,
}

/// <summary>An age file, recipient or identity was refused.</summary>
public sealed class AgeException : Exception
{
    /// <summary>Says what was refused and why; <paramref name="message"/> must hold no secret.</summary>
    public AgeException(AgeFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    /// <summary>What it was refused for.</summary>
    public AgeFailure Failure { get; }
}
