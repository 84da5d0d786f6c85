using System.Text;

namespace SecretsOps.KeyManagement.AzureKeyVault;

/// <summary>How to log in to Microsoft Entra: fields under the names of the Azure SDK's variables.</summary>
public sealed record AzureKeyVaultCredentials
{
    internal KeyEnvironment Environment { get; init; } = new() { Variable = _ => null };

    /// <summary>Whether managed identity and the <c>az</c> program may be tried.</summary>
    internal bool UsesEnvironment { get; init; }

    internal string? TenantId { get; init; }

    internal string? ClientId { get; init; }

    internal string? ClientSecret { get; init; }

    /// <summary>PEM with certificate and private key, or PKCS#12 in base64.</summary>
    internal string? ClientCertificate { get; init; }

    internal string? ClientCertificatePassword { get; init; }

    internal string AuthorityHost { get; init; } = "https://login.microsoftonline.com/";

    /// <summary>The chain of the Azure SDK: variables, workload identity, managed identity, <c>az</c>.</summary>
    public static AzureKeyVaultCredentials FromEnvironment(KeyEnvironment environment) => new()
    {
        Environment = environment,
        UsesEnvironment = true,
        TenantId = environment.NonEmpty("AZURE_TENANT_ID"),
        ClientId = environment.NonEmpty("AZURE_CLIENT_ID"),
        ClientSecret = environment.NonEmpty("AZURE_CLIENT_SECRET"),
        ClientCertificate = environment.NonEmpty("AZURE_CLIENT_CERTIFICATE_PATH") is { } path ? ReadCertificate(path) : null,
        ClientCertificatePassword = environment.NonEmpty("AZURE_CLIENT_CERTIFICATE_PASSWORD"),
        AuthorityHost = environment.NonEmpty("AZURE_AUTHORITY_HOST") ?? "https://login.microsoftonline.com/",
    };

    /// <summary>The entry <c>sops.azure-kv</c> of a Secret: YAML or JSON, in Flux's names or those that <c>az ad sp create-for-rbac</c> prints.</summary>
    public static AzureKeyVaultCredentials FromSecret(ReadOnlySpan<byte> content, KeyEnvironment? environment = null)
    {
        var fields = FlatYaml.Read(Decode(content));
        var credentials = new AzureKeyVaultCredentials
        {
            TenantId = fields.GetValueOrDefault("tenantId") ?? fields.GetValueOrDefault("tenant"),
            ClientId = fields.GetValueOrDefault("clientId") ?? fields.GetValueOrDefault("appId"),
            ClientSecret = fields.GetValueOrDefault("clientSecret") ?? fields.GetValueOrDefault("password"),
            ClientCertificate = fields.GetValueOrDefault("clientCertificate"),
            ClientCertificatePassword = fields.GetValueOrDefault("clientCertificatePassword"),
        };
        credentials = credentials with
        {
            AuthorityHost = fields.GetValueOrDefault("authorityHost") ?? credentials.AuthorityHost,
            UsesEnvironment = credentials.ClientSecret is null && credentials.ClientCertificate is null, // only clientId: managed identity
        };
        return environment is null ? credentials : credentials with { Environment = environment };
    }

    /// <summary>Names the client, never its secret.</summary>
    public override string ToString() => ClientId is null ? "the environment's Azure credentials" : $"Azure client {ClientId}";

    // PowerShell writes UTF-16 with a byte order mark.
    private static string Decode(ReadOnlySpan<byte> content)
    {
        using var reader = new StreamReader(new MemoryStream(content.ToArray()), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        return reader.ReadToEnd();
    }

    private static string ReadCertificate(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            return bytes.AsSpan().IndexOf("-----BEGIN"u8) >= 0 ? Encoding.UTF8.GetString(bytes) : Convert.ToBase64String(bytes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new KeyBackendException($"the client certificate '{path}' cannot be read: {failure.Message}", innerException: failure);
        }
    }
}
