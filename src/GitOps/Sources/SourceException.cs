namespace SecretsOps.GitOps.Sources;

/// <summary>A source could not be fetched, resolved or read; the next poll may succeed.</summary>
internal sealed class SourceException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The remote did not answer: what was known of it a moment ago may still be true.</summary>
    public bool IsUnreachable { get; init; }

    /// <summary>The local copy lacks or spoils what it should hold: a new one may not.</summary>
    public bool IsDamage { get; init; }
}
