namespace SecretsOps.SealedSecrets;

/// <summary>A text that should be a sealing certificate is not one; the message is upstream's where upstream has one.</summary>
public sealed class SealingCertificateException : Exception
{
    /// <summary>Says what is wrong with the certificate.</summary>
    public SealingCertificateException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
