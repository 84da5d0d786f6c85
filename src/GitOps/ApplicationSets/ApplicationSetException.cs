namespace SecretsOps.GitOps.ApplicationSets;

/// <summary>An ApplicationSet cannot be generated from; nothing may be created, updated or deleted for it until the cause is mended.</summary>
/// <remarks>The message is a sentence that names the generator or field, what is wrong, and the remedy.</remarks>
public sealed class ApplicationSetException : Exception
{
    /// <summary>Says what is wrong.</summary>
    public ApplicationSetException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is wrong and keeps the cause.</summary>
    public ApplicationSetException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
