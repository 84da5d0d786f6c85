namespace SecretsOps.SealedSecrets;

/// <summary>A Secret that should hold a sealing key does not: to be logged and skipped.</summary>
public sealed class SealingKeyException : Exception
{
    /// <summary>Names the Secret and says what is wrong with it.</summary>
    public SealingKeyException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
