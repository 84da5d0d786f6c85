namespace SecretsOps.SealedSecrets;

/// <summary>An entry of <c>spec.template.data</c> does not render; the message names the entry and holds no value.</summary>
public sealed class SecretTemplateException : Exception
{
    /// <summary>Names the entry and says what the template engine said.</summary>
    public SecretTemplateException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
