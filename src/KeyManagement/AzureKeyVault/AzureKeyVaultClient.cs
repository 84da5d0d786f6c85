using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.AzureKeyVault;

// POST VAULT/keys/NAME/VERSION/encrypt | decrypt ?api-version=7.4 {"alg":"RSA-OAEP-256","value":base64url} -> {"kid","value"}

/// <summary>Wraps and unwraps with an RSA key of Azure Key Vault; the wrapped key is base64url without padding.</summary>
internal sealed class AzureKeyVaultClient : KeyClient<AzureKeyVaultMasterKey>, IDisposable
{
    private const string ApiVersion = "api-version=7.4";

    // A file names its own vault: a token must go to vaults only.
    private static readonly string[] VaultDomains =
    [
        "vault.azure.net", "managedhsm.azure.net", "vault.azure.cn", "managedhsm.azure.cn", "vault.usgovcloudapi.net", "managedhsm.usgovcloudapi.net",
    ];

    private readonly KeyEnvironment _environment;
    private readonly KeyHttp _http;
    private readonly AzureTokenSource _tokens;

    public AzureKeyVaultClient(AzureKeyVaultCredentials credentials)
    {
        _environment = credentials.Environment;
        _http = new KeyHttp(_environment.Clock);
        _tokens = new AzureTokenSource(credentials, _http);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The key with its current version, where its URL names none.</summary>
    public Task<AzureKeyVaultMasterKey> PinAsync(AzureKeyVaultMasterKey key, CancellationToken cancellationToken) => ExplainAsync(key, PinCoreAsync(key, cancellationToken));

    protected override async Task<string> WrapAsync(AzureKeyVaultMasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken)
    {
        var pinned = key.Version.Length > 0 ? key : await PinCoreAsync(key, cancellationToken).ConfigureAwait(false);
        return await CallAsync(pinned, "encrypt", Base64Url.EncodeToString(dataKey.Span), cancellationToken).ConfigureAwait(false);
    }

    protected override async Task<SecretBytes> UnwrapAsync(AzureKeyVaultMasterKey key, string wrappedKey, CancellationToken cancellationToken)
    {
        var value = await CallAsync(key, "decrypt", wrappedKey.Trim().TrimEnd('='), cancellationToken).ConfigureAwait(false);
        return new SecretBytes(Base64Url.DecodeFromChars(value));
    }

    private async Task<AzureKeyVaultMasterKey> PinCoreAsync(AzureKeyVaultMasterKey key, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(key, HttpMethod.Get, $"keys/{Rfc3986.Encode(key.Name)}", body: null, cancellationToken).ConfigureAwait(false);
        var kid = JsonText.Get(reply.IsSuccess ? reply.Json() : throw Refused(reply, "to show the key"), "key", "kid");
        return key with { Version = kid.Split('/')[^1] };
    }

    private async Task<string> CallAsync(AzureKeyVaultMasterKey key, string operation, string value, CancellationToken cancellationToken)
    {
        var path = $"keys/{Rfc3986.Encode(key.Name)}/{Rfc3986.Encode(key.Version)}/{operation}";
        var body = new JsonObject { ["alg"] = "RSA-OAEP-256", ["value"] = value };
        var reply = await SendAsync(key, HttpMethod.Post, path, body, cancellationToken).ConfigureAwait(false);
        return JsonText.GetWrappedKey(reply.IsSuccess ? reply.Json() : throw Refused(reply, operation), "value");
    }

    private async Task<KeyReply> SendAsync(AzureKeyVaultMasterKey key, HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        var token = await _tokens.GetAsync(Resource(new Uri(key.VaultUrl)), cancellationToken).ConfigureAwait(false);
        var request = new KeyRequest(method, new Uri($"{key.VaultUrl.TrimEnd('/')}/{path}?{ApiVersion}"))
        {
            Body = body is null ? default : Encoding.UTF8.GetBytes(body.ToJsonString()),
            ContentType = body is null ? null : "application/json",
            Headers = [new("Authorization", $"Bearer {token}")],
        };
        return await _http.SendAsync(() => request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The resource of the token for a vault; refuses hosts that are no vaults.</summary>
    private string Resource(Uri vault)
    {
        if (VaultDomains.FirstOrDefault(domain => vault.Host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase)) is { } known && vault.Scheme == Uri.UriSchemeHttps)
        {
            return $"https://{known}";
        }

        var trusted = KeyList.Split(_environment.NonEmpty("SECRETSOPS_AZURE_KEYVAULT_HOSTS") ?? "");
        return trusted.Contains(vault.Authority, StringComparer.OrdinalIgnoreCase)
            ? "https://vault.azure.net"
            : throw new KeyBackendException($"'{vault.Authority}' is not a host of Azure Key Vault, so no token was sent to it", "add it to SECRETSOPS_AZURE_KEYVAULT_HOSTS if you trust it");
    }

    private static KeyBackendException Refused(KeyReply reply, string operation)
    {
        var body = reply.JsonOrEmpty();
        var code = JsonText.Find(body, "error", "code") ?? $"HTTP {reply.Status}";
        var message = JsonText.Find(body, "error", "message");
        return new($"Azure Key Vault refused {operation}: {code}{(message is null ? "" : $": {message}")}", reply.Status switch
        {
            401 => "log in again: the token is not valid",
            403 => "allow the key operations encrypt and decrypt for this identity, and this network",
            404 => "check vault, key name and version",
            429 => "try again later: the vault is throttling",
            _ => null,
        });
    }
}
