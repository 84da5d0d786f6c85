namespace SecretsOps.Cryptography.OpenPgp;

/// <summary>An OpenPGP key or message was refused; the message holds no secret.</summary>
public sealed class OpenPgpException : Exception
{
    /// <summary>Says what was refused and why.</summary>
    public OpenPgpException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
