using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.GcpKms;

namespace SecretsOps.Testing.KeyServices;

/// <summary>Google Cloud KMS with its token endpoint, which checks the service account's signature.</summary>
public sealed class FakeGcpKms : FakeKeyService
{
    public const string WorkloadToken = "header.gcp-workload.signature";
    public const string Provider = "projects/1/locations/global/workloadIdentityPools/p/providers/x";
    public const string ServiceAccountEmail = "sops@p1.iam.gserviceaccount.com";

    private const string AccessToken = "ya29.access-token";
    private const string FederatedToken = "ya29.federated";
    private const string RefreshToken = "1//refresh-token";
    private const string Resource = "projects/p1/locations/global/keyRings/r1/cryptoKeys/k1";

    private readonly ToyVault _vault = new();
    private readonly RSA _account = RSA.Create(2048);

    public override MasterKey Key { get; } = new GcpKmsMasterKey(Resource);

    public override MasterKey OtherKey { get; } = new GcpKmsMasterKey("projects/p1/locations/global/keyRings/r1/cryptoKeys/k2");

    public override IReadOnlyList<string> Secrets => [AccessToken, FederatedToken, RefreshToken, WorkloadToken, _account.ExportPkcs8PrivateKeyPem()[100..140]];

    public override string RefusalWord => "PERMISSION_DENIED";

    public string ServiceAccount => ServiceAccountWith(_account);

    /// <summary>The file of <c>gcloud auth application-default login</c>.</summary>
    public string UserLogin => new JsonObject
    {
        ["type"] = "authorized_user",
        ["client_id"] = "client-1",
        ["client_secret"] = "client-secret-1",
        ["refresh_token"] = RefreshToken,
        ["token_uri"] = Address + "/token",
    }.ToJsonString();

    /// <summary>A configuration of workload identity federation that reads its token from a file.</summary>
    public string ExternalAccount(string tokenFile) => new JsonObject
    {
        ["type"] = "external_account",
        ["audience"] = "//iam.googleapis.com/" + Provider,
        ["subject_token_type"] = "urn:ietf:params:oauth:token-type:jwt",
        ["token_url"] = Address + "/v1/token",
        ["credential_source"] = new JsonObject { ["file"] = tokenFile },
        ["service_account_impersonation_url"] = $"{Address}/v1/projects/-/serviceAccounts/{ServiceAccountEmail}:generateAccessToken",
    }.ToJsonString();

    public override void Configure(TestEnvironment environment)
    {
        environment["GOOGLE_CREDENTIALS"] = ServiceAccount;
        environment["SOPS_GCP_KMS_ENDPOINT"] = Address;
    }

    public override void ConfigureWrongSecret(TestEnvironment environment)
    {
        using var another = RSA.Create(2048);
        environment["GOOGLE_CREDENTIALS"] = ServiceAccountWith(another);
    }

    public override void ConfigureWithoutCredentials(TestEnvironment environment)
    {
        environment["SOPS_GCP_KMS_ENDPOINT"] = Address;
        environment["GCE_METADATA_HOST"] = "127.0.0.1:9";
    }

    protected override bool IsKeyOperation(LoopbackRequest request) => request.Path.StartsWith("/v1/projects/p1/", StringComparison.Ordinal);

    protected override LoopbackReply Throttle() => Error(429, "RESOURCE_EXHAUSTED", "Quota exceeded");

    protected override LoopbackReply Refuse() => Error(403, "PERMISSION_DENIED", "Permission 'cloudkms.cryptoKeyVersions.useToDecrypt' denied");

    protected override LoopbackReply Answer(LoopbackRequest request)
    {
        if (!IsKeyOperation(request))
        {
            return LogIn(request) is { } token
                ? LoopbackReply.Ok(request.Path.EndsWith(":generateAccessToken", StringComparison.Ordinal)
                    ? new JsonObject { ["accessToken"] = token, ["expireTime"] = "2099-01-01T00:00:00Z" }
                    : new JsonObject { ["access_token"] = token, ["expires_in"] = 3599, ["token_type"] = "Bearer" })
                : new LoopbackReply(400, """{"error":"invalid_grant","error_description":"Invalid JWT Signature."}""");
        }

        if (request.Header("authorization") != $"Bearer {AccessToken}")
        {
            return Error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials");
        }

        return request.Path switch
        {
            $"/v1/{Resource}:encrypt" => Encrypt(request),
            $"/v1/{Resource}:decrypt" => Decrypt(request),
            _ => Error(404, "NOT_FOUND", "CryptoKey not found"),
        };
    }

    private string ServiceAccountWith(RSA key) => new JsonObject
    {
        ["type"] = "service_account",
        ["client_email"] = ServiceAccountEmail,
        ["private_key_id"] = "kid-1",
        ["private_key"] = key.ExportPkcs8PrivateKeyPem(),
        ["token_uri"] = Address + "/token",
    }.ToJsonString();

    private string? LogIn(LoopbackRequest request) => (request.Method, Uri.UnescapeDataString(request.Path)) switch
    {
        ("POST", "/token") when request.Form["grant_type"] == "refresh_token" => request.Form["refresh_token"] == RefreshToken && request.Form["client_id"] == "client-1" ? AccessToken : null,
        ("POST", "/token") => IsAuthentic(request.Form["assertion"]) ? AccessToken : null,
        ("POST", "/v1/token") => (request.Form["subject_token"] == WorkloadToken || TrustsToken(request.Form["subject_token"])) && request.Form["audience"] == "//iam.googleapis.com/" + Provider ? FederatedToken : null,
        ("POST", $"/v1/projects/-/serviceAccounts/{ServiceAccountEmail}:generateAccessToken") => request.Header("authorization") == $"Bearer {FederatedToken}" ? AccessToken : null,
        ("GET", "/computeMetadata/v1/instance/service-accounts/default/token") => request.Header("metadata-flavor") == "Google" ? AccessToken : null,
        _ => null,
    };

    private LoopbackReply Encrypt(LoopbackRequest request)
    {
        var plaintext = Convert.FromBase64String(request.Json["plaintext"]!.ToString());
        if (request.Json["plaintextCrc32c"]!.ToString() != Crc32c(plaintext))
        {
            return Error(400, "INVALID_ARGUMENT", "The checksum in field plaintext_crc32c did not match");
        }

        var blob = _vault.Encrypt(Resource, plaintext);
        return LoopbackReply.Ok(new JsonObject { ["name"] = Resource + "/cryptoKeyVersions/1", ["ciphertext"] = Convert.ToBase64String(blob), ["ciphertextCrc32c"] = Crc32c(blob) });
    }

    private LoopbackReply Decrypt(LoopbackRequest request)
    {
        var blob = Convert.FromBase64String(request.Json["ciphertext"]!.ToString());
        return request.Json["ciphertextCrc32c"]!.ToString() == Crc32c(blob) && _vault.TryDecrypt(Resource, blob) is { } plaintext
            ? LoopbackReply.Ok(new JsonObject { ["plaintext"] = Convert.ToBase64String(plaintext), ["plaintextCrc32c"] = Crc32c(plaintext) })
            : Error(400, "INVALID_ARGUMENT", "Decryption failed: the ciphertext is invalid.");
    }

    private bool IsAuthentic(string assertion)
    {
        var parts = assertion.Split('.');
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;
        return _account.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            && claims["iss"]!.ToString() == ServiceAccountEmail
            && claims["aud"]!.ToString() == Address + "/token";
    }

    private static LoopbackReply Error(int code, string status, string message) =>
        new(code, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["status"] = status, ["message"] = message } });

    /// <summary>CRC-32C bit by bit, beside the client's use of the processor's instruction.</summary>
    private static string Crc32c(byte[] bytes)
    {
        var checksum = 0xFFFFFFFFu;
        foreach (var octet in bytes)
        {
            checksum ^= octet;
            for (var bit = 0; bit < 8; bit++)
            {
                checksum = (checksum >> 1) ^ ((checksum & 1) * 0x82F63B78u);
            }
        }

        return (~checksum).ToString(CultureInfo.InvariantCulture);
    }
}
