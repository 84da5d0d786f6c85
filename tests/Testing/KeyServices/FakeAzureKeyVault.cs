using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.AzureKeyVault;

namespace SecretsOps.Testing.KeyServices;

/// <summary>Azure Key Vault with a real RSA key, and the token endpoint of Entra with three ways to prove oneself.</summary>
public sealed class FakeAzureKeyVault : FakeKeyService
{
    public const string ClientSecret = "client~secret";
    public const string FederatedToken = "federated.token.value";

    private const string AccessToken = "eyJ.entra-token";

    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _client = MakeCertificate();

    public override MasterKey Key => new AzureKeyVaultMasterKey(Address, "sops", "v1");

    public override MasterKey OtherKey => new AzureKeyVaultMasterKey(Address, "other", "v1");

    public override IReadOnlyList<string> Secrets { get; } = [ClientSecret, FederatedToken, AccessToken];

    public override string RefusalWord => "Forbidden";

    public string CertificatePem => _client.ExportCertificatePem() + "\n" + _client.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem();

    public override void Configure(TestEnvironment environment)
    {
        ConfigureClient(environment);
        environment["AZURE_CLIENT_SECRET"] = ClientSecret;
    }

    public void ConfigureClient(TestEnvironment environment)
    {
        environment["SECRETSOPS_AZURE_KEYVAULT_HOSTS"] = $"127.0.0.1:{Port}";
        environment["AZURE_AUTHORITY_HOST"] = Address;
        environment["AZURE_TENANT_ID"] = "tenant-1";
        environment["AZURE_CLIENT_ID"] = "client-1";
    }

    public override void ConfigureWrongSecret(TestEnvironment environment) => environment["AZURE_CLIENT_SECRET"] = WrongSecret;

    public override void ConfigureWithoutCredentials(TestEnvironment environment)
    {
        environment["SECRETSOPS_AZURE_KEYVAULT_HOSTS"] = $"127.0.0.1:{Port}";
        environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = "http://127.0.0.1:9";
        environment["PATH"] = "/nonexistent";
    }

    protected override bool IsKeyOperation(LoopbackRequest request) => request.Path.StartsWith("/keys/", StringComparison.Ordinal);

    protected override LoopbackReply Throttle() => Error(429, "Throttled", "Request was not processed because too many requests were received.");

    protected override LoopbackReply Refuse() => Error(403, "Forbidden", "The user, group or application does not have keys decrypt permission on key vault");

    protected override LoopbackReply Answer(LoopbackRequest request)
    {
        if (request.Path == "/metadata/identity/oauth2/token")
        {
            return request.Header("metadata") == "true" && request.Query["resource"] == "https://vault.azure.net" && request.Query.GetValueOrDefault("client_id") == "client-1"
                ? LoopbackReply.Ok(new JsonObject { ["access_token"] = AccessToken, ["expires_in"] = "3599" })
                : new LoopbackReply(400, """{"error":"invalid_request"}""");
        }

        if (request.Path == "/tenant-1/oauth2/v2.0/token")
        {
            return LogIn(request.Form);
        }

        if (request.Header("authorization") != $"Bearer {AccessToken}")
        {
            return Error(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.");
        }

        return (request.Method, request.Path, request.RawQuery) switch
        {
            ("GET", "/keys/sops", "api-version=7.4") => LoopbackReply.Ok(new JsonObject { ["key"] = new JsonObject { ["kid"] = $"{Address}/keys/sops/v1", ["kty"] = "RSA" } }),
            ("POST", "/keys/sops/v1/encrypt", "api-version=7.4") => Run(request, _key.Encrypt),
            ("POST", "/keys/sops/v1/decrypt", "api-version=7.4") => Run(request, _key.Decrypt),
            _ => Error(404, "KeyNotFound", "A key with (name/id) was not found in this key vault."),
        };
    }

    private static LoopbackReply Run(LoopbackRequest request, Func<byte[], RSAEncryptionPadding, byte[]> operation)
    {
        try
        {
            var value = request.Json["alg"]!.ToString() == "RSA-OAEP-256" ? Base64Url.DecodeFromChars(request.Json["value"]!.ToString()) : throw new CryptographicException();
            return LoopbackReply.Ok(new JsonObject { ["kid"] = "k", ["value"] = Base64Url.EncodeToString(operation(value, RSAEncryptionPadding.OaepSHA256)) });
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            return Error(400, "BadParameter", "The parameter is incorrect.");
        }
    }

    private LoopbackReply LogIn(IReadOnlyDictionary<string, string> form)
    {
        var assertion = form.GetValueOrDefault("client_assertion");
        var isProven = form.GetValueOrDefault("client_secret") == ClientSecret || assertion == FederatedToken || (assertion is not null && TrustsToken(assertion)) || (assertion is not null && IsSignedByCertificate(assertion));
        return isProven && form["client_id"] == "client-1" && form["scope"] == "https://vault.azure.net/.default" && form["grant_type"] == "client_credentials"
            ? LoopbackReply.Ok(new JsonObject { ["access_token"] = AccessToken, ["expires_in"] = 3599, ["token_type"] = "Bearer" })
            : new LoopbackReply(401, """{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 0"}""");
    }

    private bool IsSignedByCertificate(string assertion)
    {
        var parts = assertion.Split('.');
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!;
        using var key = _client.GetRSAPublicKey()!;
        return header["x5t#S256"]!.ToString() == Base64Url.EncodeToString(SHA256.HashData(_client.RawData))
            && key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private static LoopbackReply Error(int status, string code, string message) =>
        new(status, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } });

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        return new CertificateRequest("CN=client-1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }
}
