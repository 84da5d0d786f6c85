namespace SecretsOps.LocalCluster.Storage;

/// <summary>The data directory cannot be used as it is; a person must act.</summary>
public sealed class StorageException : Exception
{
    /// <summary>Says which file, what is wrong with it, and what to do.</summary>
    public StorageException(string message)
        : base(message)
    {
    }

    /// <summary>Says the same and keeps the cause.</summary>
    public StorageException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
