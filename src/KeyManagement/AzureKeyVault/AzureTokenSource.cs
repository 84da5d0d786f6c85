using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.KeyManagement.Http;
using SecretsOps.KeyManagement.Processes;

namespace SecretsOps.KeyManagement.AzureKeyVault;

/// <summary>Bearer tokens of Microsoft Entra for a resource, kept until they end.</summary>
internal sealed class AzureTokenSource(AzureKeyVaultCredentials credentials, KeyHttp http)
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private const string TokenFile = "AZURE_FEDERATED_TOKEN_FILE";

    private readonly KeyEnvironment _environment = credentials.Environment;
    private readonly ConcurrentDictionary<string, TokenCache<string>> _caches = new(StringComparer.Ordinal);

    /// <summary>A token for <paramref name="resource"/>, such as <c>https://vault.azure.net</c>.</summary>
    /// <exception cref="KeyBackendException">No source gives one.</exception>
    public Task<string> GetAsync(string resource, CancellationToken cancellationToken) =>
        _caches.GetOrAdd(resource, _ => new TokenCache<string>(_environment.Clock)).GetAsync(token => FetchAsync(resource, token), cancellationToken);

    private async Task<(string Token, DateTimeOffset Expires)> FetchAsync(string resource, CancellationToken cancellationToken)
    {
        if (credentials is { TenantId: { } tenant, ClientId: { } client })
        {
            if (credentials.ClientSecret is { } secret)
            {
                return await LogInAsync(tenant, client, resource, new() { ["client_secret"] = secret }, cancellationToken).ConfigureAwait(false);
            }

            if (credentials.ClientCertificate is not null)
            {
                return await LogInAsync(tenant, client, resource, Assertion(SignAssertion(tenant, client)), cancellationToken).ConfigureAwait(false);
            }

            if (_environment.IdentityToken is not null || _environment.NonEmpty(TokenFile) is not null)
            {
                var token = await _environment.ReadIdentityTokenAsync(TokenFile, "api://AzureADTokenExchange", cancellationToken).ConfigureAwait(false);
                return await LogInAsync(tenant, client, resource, Assertion(token), cancellationToken).ConfigureAwait(false);
            }
        }

        if (!credentials.UsesEnvironment)
        {
            throw new KeyBackendException("no Azure credentials were given", "add 'sops.azure-kv' to the Secret");
        }

        return await FromManagedIdentityAsync(resource, cancellationToken).ConfigureAwait(false)
            ?? await FromProgramAsync(resource, cancellationToken).ConfigureAwait(false)
            ?? throw new KeyBackendException("no Azure credentials were found: no variables, no managed identity, no 'az' login", "run 'az login' or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET");
    }

    private async Task<(string Token, DateTimeOffset Expires)> LogInAsync(
        string tenant, string client, string resource, Dictionary<string, string> proof, CancellationToken cancellationToken)
    {
        Dictionary<string, string> form = new(proof) { ["grant_type"] = "client_credentials", ["client_id"] = client, ["scope"] = $"{resource}/.default" };
        var request = new KeyRequest(HttpMethod.Post, new Uri(TokenUri(tenant))) { Body = Encoding.UTF8.GetBytes(Rfc3986.Query(form)), ContentType = "application/x-www-form-urlencoded" };
        var reply = await http.SendAsync(() => request, cancellationToken).ConfigureAwait(false);
        if (!reply.IsSuccess)
        {
            var description = JsonText.Find(reply.JsonOrEmpty(), "error_description")?.Split('\r', '\n')[0];
            throw new KeyBackendException($"Microsoft Entra refused the client '{client}': {description ?? $"HTTP {reply.Status}"}", "check tenant, client and its secret or federation");
        }

        return ReadToken(reply.Json());
    }

    private string TokenUri(string tenant) => $"{credentials.AuthorityHost.TrimEnd('/')}/{Rfc3986.Encode(tenant)}/oauth2/v2.0/token";

    private static Dictionary<string, string> Assertion(string token) => new() { ["client_assertion_type"] = AssertionType, ["client_assertion"] = token };

    private string SignAssertion(string tenant, string client)
    {
        try
        {
            using var certificate = LoadCertificate();
            using var key = certificate.GetRSAPrivateKey() ?? throw new CryptographicException("no RSA key");
            var now = _environment.Clock.GetUtcNow().ToUnixTimeSeconds();
            var header = new JsonObject { ["x5t#S256"] = Base64Url.EncodeToString(SHA256.HashData(certificate.RawData)) };
            var claims = new JsonObject
            {
                ["aud"] = TokenUri(tenant),
                ["iss"] = client,
                ["sub"] = client,
                ["jti"] = Guid.NewGuid().ToString(),
                ["nbf"] = now,
                ["exp"] = now + 600,
            };
            return JwtAssertion.Sign(header, claims, key);
        }
        catch (Exception failure) when (failure is CryptographicException or FormatException or ArgumentException)
        {
            throw new KeyBackendException("the client certificate cannot be used: expected PEM with its private key, or PKCS#12", innerException: failure);
        }
    }

    private X509Certificate2 LoadCertificate()
    {
        var text = credentials.ClientCertificate!;
        if (!text.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            return X509CertificateLoader.LoadPkcs12(Convert.FromBase64String(text), credentials.ClientCertificatePassword);
        }

        return credentials.ClientCertificatePassword is { } password
            ? X509Certificate2.CreateFromEncryptedPem(text, text, password)
            : X509Certificate2.CreateFromPem(text, text);
    }

    private async Task<(string Token, DateTimeOffset Expires)?> FromManagedIdentityAsync(string resource, CancellationToken cancellationToken)
    {
        var appService = _environment.NonEmpty("IDENTITY_ENDPOINT");
        var host = _environment.NonEmpty("AZURE_POD_IDENTITY_AUTHORITY_HOST")?.TrimEnd('/') ?? "http://169.254.169.254";
        var client = credentials.ClientId is { } id ? $"&client_id={Rfc3986.Encode(id)}" : "";
        var query = $"resource={Rfc3986.Encode(resource)}{client}";
        var request = appService is null
            ? new KeyRequest(HttpMethod.Get, new Uri($"{host}/metadata/identity/oauth2/token?api-version=2018-02-01&{query}")) { Headers = [new("Metadata", "true")] }
            : new KeyRequest(HttpMethod.Get, new Uri($"{appService}?api-version=2019-08-01&{query}")) { Headers = [new("X-IDENTITY-HEADER", _environment.NonEmpty("IDENTITY_HEADER") ?? "")] };
        try
        {
            var reply = await http.SendOnceAsync(request, cancellationToken, TimeSpan.FromSeconds(2)).ConfigureAwait(false);
            return reply.IsSuccess ? ReadToken(reply.Json()) : null;
        }
        catch (KeyBackendException)
        {
            return null; // not on Azure
        }
    }

    private async Task<(string Token, DateTimeOffset Expires)?> FromProgramAsync(string resource, CancellationToken cancellationToken)
    {
        if (ProgramPath.Find("az", _environment) is not { } path)
        {
            return null;
        }

        try
        {
            using var result = await new KeyProgram(path, _environment).RunAsync(["account", "get-access-token", "--output", "json", "--resource", resource], default, cancellationToken).ConfigureAwait(false);
            var answer = result.ExitCode == 0 ? JsonText.Parse(result.Output.Span) : throw new KeyBackendException($"'az account get-access-token' failed: {result.Errors}", "run 'az login'");
            return (JsonText.Get(answer, "accessToken"), TokenLife.EndsAt(_environment.Clock, JsonText.FindNumber(answer, "expires_on") ?? 0));
        }
        catch (Exception failure) when (failure is IOException or JsonException)
        {
            throw new KeyBackendException($"'az account get-access-token' failed: {failure.Message}", "run 'az login'", failure);
        }
    }

    // "expires_in" is a number from Entra and a text from the metadata service.
    private (string Token, DateTimeOffset Expires) ReadToken(JsonObject answer)
    {
        return (JsonText.Get(answer, "access_token"), TokenLife.EndsAfter(_environment.Clock, JsonText.FindNumber(answer, "expires_in") ?? 300));
    }
}
