namespace SecretsOps.KeyManagement;

/// <summary>One master key could not wrap or unwrap; another key of the group may still.</summary>
public sealed class MasterKeyException : Exception
{
    /// <summary>Names the key, why it failed and what would help.</summary>
    public MasterKeyException(MasterKey key, string reason, string? remedy = null, Exception? innerException = null)
        : base(remedy is null ? $"{key.TypeName} key {key}: {reason}" : $"{key.TypeName} key {key}: {reason} ({remedy})", innerException)
    {
        Key = key;
        Reason = reason;
        Remedy = remedy;
    }

    /// <summary>The key that failed.</summary>
    public MasterKey Key { get; }

    /// <summary>What happened, without the key's name; holds no secret.</summary>
    public string Reason { get; }

    /// <summary>What the user can do about it, where that is known.</summary>
    public string? Remedy { get; }
}
