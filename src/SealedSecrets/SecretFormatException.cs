namespace SecretsOps.SealedSecrets;

/// <summary>An object that should be a Secret cannot be read as one; the message never holds a value.</summary>
public sealed class SecretFormatException : Exception
{
    /// <summary>Says which field does not fit.</summary>
    public SecretFormatException(string message)
        : base(message)
    {
    }
}
