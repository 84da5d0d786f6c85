namespace SecretsOps.Cryptography.Age;

/// <summary>What opens a file: a private key or a passphrase.</summary>
public abstract class AgeIdentity
{
    /// <summary>Unwraps the file key from the stanzas of one header; <c>null</c> when none of them is for this identity.</summary>
    /// <exception cref="AgeException">A stanza of this identity's type is malformed.</exception>
    public abstract SecretBytes? TryUnwrap(IReadOnlyList<Stanza> stanzas);

    /// <summary>Reads one line: <c>AGE-SECRET-KEY-1…</c> or <c>AGE-SECRET-KEY-PQ-1…</c>.</summary>
    /// <exception cref="AgeException">The line is neither.</exception>
    public static AgeIdentity Parse(string line)
    {
        var trimmed = line.Trim();
        if (trimmed.StartsWith("AGE-SECRET-KEY-PQ-1", StringComparison.Ordinal))
        {
            return HybridIdentity.Parse(trimmed);
        }

        return trimmed.StartsWith("AGE-SECRET-KEY-1", StringComparison.Ordinal)
            ? X25519Identity.Parse(trimmed)
            : throw new AgeException(AgeFailure.Header, "unknown identity type: expected AGE-SECRET-KEY-1… or AGE-SECRET-KEY-PQ-1…");
    }
}
