namespace SecretsOps.KeyManagement;

/// <summary>A backend or its credentials failed, before the key's name is added; holds no secret.</summary>
internal sealed class KeyBackendException(string reason, string? remedy = null, Exception? innerException = null) : Exception(reason, innerException)
{
    public string? Remedy { get; } = remedy;
}
