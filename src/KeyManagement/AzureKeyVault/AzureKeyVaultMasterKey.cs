namespace SecretsOps.KeyManagement.AzureKeyVault;

/// <summary>An RSA key of Azure Key Vault or of a managed HSM.</summary>
public sealed record AzureKeyVaultMasterKey(string VaultUrl, string Name, string Version) : MasterKey
{
    /// <inheritdoc/>
    public override string TypeName => "azure_kv";

    /// <inheritdoc/>
    public override string Identity => $"{VaultUrl}/keys/{Name}/{Version}";

    /// <summary>Reads <c>https://VAULT/keys/NAME[/VERSION]</c>; a missing version is filled by <see cref="LocalKeyService.PinAsync"/>.</summary>
    /// <exception cref="FormatException">The text is not such a URL.</exception>
    public static AzureKeyVaultMasterKey Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
        {
            throw new FormatException($"'{url}' is not a key of Azure Key Vault: expected https://VAULT/keys/NAME/VERSION");
        }

        return uri.AbsolutePath.Trim('/').Split('/') switch
        {
            ["keys", { Length: > 0 } name] => new(uri.GetLeftPart(UriPartial.Authority), name, ""),
            ["keys", { Length: > 0 } name, var version] => new(uri.GetLeftPart(UriPartial.Authority), name, version),
            _ => throw new FormatException($"'{url}' is not a key of Azure Key Vault: expected https://VAULT/keys/NAME/VERSION"),
        };
    }

    /// <summary>Reads a comma-separated list of key URLs.</summary>
    /// <exception cref="FormatException">One of them is not a key URL.</exception>
    public static IReadOnlyList<AzureKeyVaultMasterKey> ParseList(string text) => [.. KeyList.Split(text).Select(Parse)];
}
