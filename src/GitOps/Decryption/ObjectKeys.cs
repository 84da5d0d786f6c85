using SecretsOps.KeyManagement;

namespace SecretsOps.GitOps.Decryption;

/// <summary>The keys that one Application may use.</summary>
/// <param name="Service">Unwraps with them.</param>
/// <param name="Version">Changes when they change: what was rendered under other keys is rendered again.</param>
public sealed record ObjectKeys(IKeyService Service, string Version)
{
    /// <summary>Whether they take the place of the Secrets labelled for all, as Flux's <c>secretRef</c> does; otherwise they come after them.</summary>
    public bool IsExclusive { get; init; }
}
