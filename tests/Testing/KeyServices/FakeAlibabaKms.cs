using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.AlibabaKms;

namespace SecretsOps.Testing.KeyServices;

/// <summary>Alibaba Cloud KMS and STS; takes both signatures, each checked by code apart from the client's.</summary>
public sealed class FakeAlibabaKms(string signatureVersion) : FakeKeyService
{
    public const string Arn = "acs:kms:cn-hangzhou:123456:key/key-hzz1";
    public const string AccessKeySecret = "testsecret-of-the-user";
    public const string OidcToken = "oidc.token.of-the-service-account";
    public const string Role = "acs:ram::123456:role/decrypt";
    public const string Provider = "acs:ram::123456:oidc-provider/ack-rrsa-c1";

    private const string AccessKeyId = "LTAI-user";
    private const string RoleKeyId = "STS.role";
    private const string RoleSecret = "secret-of-the-role";
    private const string SecurityToken = "CAIS+security/token==";

    private readonly ToyVault _vault = new();
    private readonly HashSet<string> _nonces = [];

    public override MasterKey Key { get; } = new AlibabaKmsMasterKey(Arn);

    public override MasterKey OtherKey { get; } = new AlibabaKmsMasterKey(Arn) { Context = new Dictionary<string, string> { ["app"] = "other" } };

    public override IReadOnlyList<string> Secrets { get; } = [AccessKeySecret, OidcToken, RoleSecret, SecurityToken];

    public override string RefusalWord => "Forbidden.RAM";

    public override void Configure(TestEnvironment environment)
    {
        ConfigureEndpoints(environment);
        environment["ALIBABA_CLOUD_ACCESS_KEY_ID"] = AccessKeyId;
        environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = AccessKeySecret;
    }

    public void ConfigureEndpoints(TestEnvironment environment)
    {
        environment["ALIBABA_CLOUD_KMS_ENDPOINT"] = Address;
        environment["ALIBABA_CLOUD_STS_ENDPOINT"] = Address;
        environment["ALIBABA_CLOUD_ECS_METADATA_ENDPOINT"] = Address;
        environment["ALIBABA_CLOUD_SIGNATURE_VERSION"] = signatureVersion;
    }

    public override void ConfigureWrongSecret(TestEnvironment environment) => environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = WrongSecret;

    public override void ConfigureWithoutCredentials(TestEnvironment environment)
    {
        ConfigureEndpoints(environment);
        environment["ALIBABA_CLOUD_ECS_METADATA_ENDPOINT"] = "http://127.0.0.1:9";
    }

    protected override bool IsKeyOperation(LoopbackRequest request) => Action(request) is "Encrypt" or "Decrypt";

    protected override LoopbackReply Throttle() => Error(400, "Rejected.Throttling", "QPS Limit Exceeded");

    protected override LoopbackReply Refuse() => Error(403, "Forbidden.RAM", "This operation is forbidden by permission system.");

    protected override LoopbackReply Answer(LoopbackRequest request)
    {
        if (request.Path.StartsWith("/latest/", StringComparison.Ordinal))
        {
            return Metadata(request);
        }

        if (Action(request) == "AssumeRoleWithOIDC")
        {
            var form = request.Form;
            return (form["OIDCToken"] == OidcToken || TrustsToken(form["OIDCToken"])) && form["RoleArn"] == Role && form["OIDCProviderArn"] == Provider ? Credentials() : Error(403, "AuthenticationFail.OIDCToken.Invalid", "This JWT token is invalid.");
        }

        if (!IsSigned(request))
        {
            return Error(400, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation.");
        }

        var query = request.Query;
        var binding = query.GetValueOrDefault("EncryptionContext") ?? "";
        return Action(request) switch
        {
            "AssumeRole" when query["RoleArn"] == Role => Credentials(),
            "Encrypt" when query["KeyId"] == Arn => LoopbackReply.Ok(new JsonObject { ["KeyId"] = "key-hzz1", ["CiphertextBlob"] = Convert.ToBase64String(_vault.Encrypt(binding, Convert.FromBase64String(query["Plaintext"]))) }),
            "Decrypt" when TryDecrypt(binding, query["CiphertextBlob"]) is { } plaintext => LoopbackReply.Ok(new JsonObject { ["KeyId"] = "key-hzz1", ["Plaintext"] = Convert.ToBase64String(plaintext) }),
            _ => Error(400, "InvalidCiphertext", "The ciphertext is invalid."),
        };
    }

    private byte[]? TryDecrypt(string binding, string text)
    {
        var blob = new byte[text.Length];
        return Convert.TryFromBase64String(text, blob, out var length) ? _vault.TryDecrypt(binding, blob.AsSpan(..length)) : null;
    }

    private static string Action(LoopbackRequest request) =>
        request.Header("x-acs-action") is { Length: > 0 } action ? action : request.Query.GetValueOrDefault("Action") ?? "";

    private bool IsSigned(LoopbackRequest request)
    {
        var isRpc = request.Query.ContainsKey("Signature");
        var nonce = isRpc ? request.Query["SignatureNonce"] : request.Header("x-acs-signature-nonce");
        lock (_nonces)
        {
            return (isRpc == (signatureVersion == "1.0") || Action(request) == "AssumeRole") && _nonces.Add(nonce) && (isRpc ? IsRpcSigned(request) : IsAcs3Signed(request));
        }
    }

#pragma warning disable CA5350 // the protocol's choice
    private static bool IsRpcSigned(LoopbackRequest request)
    {
        // Over the wire form: every pair as it was sent, but for the signature, in the order of the decoded names.
        var pairs = request.RawQuery.Split('&').Where(pair => !pair.StartsWith("Signature=", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        var secret = SecretOf(request.Query["AccessKeyId"], request.Query.GetValueOrDefault("SecurityToken"));
        var text = $"{request.Method}&%2F&{Uri.EscapeDataString(string.Join('&', pairs))}";
        return secret is not null && Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret + "&"), Encoding.UTF8.GetBytes(text))) == request.Query["Signature"];
    }
#pragma warning restore CA5350

    private static bool IsAcs3Signed(LoopbackRequest request)
    {
        var parts = request.Header("authorization").Split(' ', 2)[1].Split(',').Select(part => part.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        var secret = SecretOf(parts["Credential"], request.Header("x-acs-security-token"));
        var names = parts["SignedHeaders"].Split(';');
        var required = request.Headers.Keys.Where(name => name.StartsWith("x-acs-", StringComparison.Ordinal)).Append("host");
        var headers = string.Concat(names.Select(name => $"{name}:{request.Header(name)}\n"));
        var canonical = $"{request.Method}\n{request.Path}\n{request.RawQuery}\n{headers}\n{parts["SignedHeaders"]}\n{Convert.ToHexStringLower(SHA256.HashData(request.Body))}";
        var text = "ACS3-HMAC-SHA256\n" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
        return secret is not null
            && required.All(names.Contains)
            && Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text))) == parts["Signature"];
    }

    private static string? SecretOf(string accessKeyId, string? securityToken) => (accessKeyId, securityToken) switch
    {
        (AccessKeyId, _) => AccessKeySecret,
        (RoleKeyId, SecurityToken) => RoleSecret,
        _ => null,
    };

    private static LoopbackReply Metadata(LoopbackRequest request) => (request.Method, request.Path) switch
    {
        ("PUT", "/latest/api/token") => new LoopbackReply(200, "metadata-token"),
        _ when request.Header("x-aliyun-ecs-metadata-token") != "metadata-token" => new LoopbackReply(403, "forbidden"),
        ("GET", "/latest/meta-data/ram/security-credentials/") => new LoopbackReply(200, "EcsRole"),
        ("GET", "/latest/meta-data/ram/security-credentials/EcsRole") => LoopbackReply.Ok(new JsonObject(Temporary()) { ["Code"] = "Success" }),
        _ => new LoopbackReply(404, ""),
    };

    private static LoopbackReply Credentials() => LoopbackReply.Ok(new JsonObject { ["Credentials"] = new JsonObject(Temporary()) });

    private static Dictionary<string, JsonNode?> Temporary() => new()
    {
        ["AccessKeyId"] = RoleKeyId,
        ["AccessKeySecret"] = RoleSecret,
        ["SecurityToken"] = SecurityToken,
        ["Expiration"] = "2099-01-01T00:00:00Z",
    };

    private static LoopbackReply Error(int status, string code, string message) =>
        new(status, new JsonObject { ["Code"] = code, ["Message"] = message, ["RequestId"] = "r-1" });
}
