using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.HuaweiKms;

namespace SecretsOps.Testing.KeyServices;

/// <summary>Huawei Cloud KMS and the project list of its IAM.</summary>
public sealed class FakeHuaweiKms : FakeKeyService
{
    private const string KeyUuid = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";
    private const string SecretKey = "huawei-secret-key";
    private const string AgencySecret = "huawei-agency-secret";
    private const string AgencyToken = "huawei-agency-token";

    private readonly ToyVault _vault = new();

    public override MasterKey Key { get; } = new HuaweiKmsMasterKey($"cn-north-4:{KeyUuid}");

    public override MasterKey OtherKey { get; } = new HuaweiKmsMasterKey("cn-north-4:ffffffff-e727-4d9c-b35d-f84bb474a37f");

    public override IReadOnlyList<string> Secrets { get; } = [SecretKey, AgencySecret, AgencyToken];

    public override string RefusalWord => "KMS.0304";

    public override void Configure(TestEnvironment environment)
    {
        environment["HUAWEICLOUD_SDK_REGION_KMS_CN_NORTH_4"] = Address;
        environment["HUAWEICLOUD_SDK_IAM_ENDPOINT"] = Address;
        environment["HUAWEICLOUD_SDK_AK"] = "AK1";
        environment["HUAWEICLOUD_SDK_SK"] = SecretKey;
    }

    public override void ConfigureWrongSecret(TestEnvironment environment) => environment["HUAWEICLOUD_SDK_SK"] = WrongSecret;

    public override void ConfigureWithoutCredentials(TestEnvironment environment)
    {
        environment["HUAWEICLOUD_SDK_REGION_KMS_CN_NORTH_4"] = Address;
        environment["HUAWEICLOUD_SDK_METADATA_ENDPOINT"] = "http://127.0.0.1:9";
    }

    protected override bool IsKeyOperation(LoopbackRequest request) => request.Path.StartsWith("/v1.0/", StringComparison.Ordinal);

    protected override LoopbackReply Refuse() => Error(403, "KMS.0304", "Access denied.");

    protected override LoopbackReply Answer(LoopbackRequest request)
    {
        if (request.Path == "/openstack/latest/securitykey")
        {
            return LoopbackReply.Ok(new JsonObject { ["credential"] = new JsonObject { ["access"] = "AK-AGENCY", ["secret"] = AgencySecret, ["securitytoken"] = AgencyToken, ["expires_at"] = "2099-01-01T00:00:00Z" } });
        }

        if (!IsSigned(request))
        {
            return Error(401, "APIGW.0301", "Incorrect IAM authentication information: verify aksk signature fail");
        }

        return (request.Path, request.RawQuery) switch
        {
            ("/v3/projects", "name=cn-north-4") => LoopbackReply.Ok(new JsonObject { ["projects"] = new JsonArray(new JsonObject { ["id"] = "project-1", ["name"] = "cn-north-4" }) }),
            ("/v1.0/project-1/kms/encrypt-data", _) => Encrypt(request.Json),
            ("/v1.0/project-1/kms/decrypt-data", _) => Decrypt(request.Json),
            _ => Error(404, "APIGW.0101", "The API does not exist"),
        };
    }

    private LoopbackReply Encrypt(JsonNode body) => body["key_id"]!.ToString() == KeyUuid && body["encryption_algorithm"]!.ToString() == "SYMMETRIC_DEFAULT"
        ? LoopbackReply.Ok(new JsonObject { ["key_id"] = KeyUuid, ["cipher_text"] = Convert.ToBase64String(_vault.Encrypt(KeyUuid, Encoding.UTF8.GetBytes(body["plain_text"]!.ToString()))) })
        : Error(404, "KMS.0205", "The key does not exist.");

    private LoopbackReply Decrypt(JsonNode body)
    {
        var blob = new byte[4096];
        return Convert.TryFromBase64String(body["cipher_text"]!.ToString(), blob, out var length) && _vault.TryDecrypt(body["key_id"]!.ToString(), blob.AsSpan(..length)) is { } plaintext
            ? LoopbackReply.Ok(new JsonObject { ["key_id"] = KeyUuid, ["plain_text"] = Encoding.UTF8.GetString(plaintext) })
            : Error(400, "KMS.0308", "Failed to decrypt.");
    }

    private static bool IsSigned(LoopbackRequest request)
    {
        var parts = request.Header("authorization")["SDK-HMAC-SHA256 ".Length..].Split(", ").Select(part => part.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        var headers = string.Concat(parts["SignedHeaders"].Split(';').Select(name => $"{name}:{request.Header(name)}\n"));
        var canonical = $"{request.Method}\n{request.Path}/\n{request.RawQuery}\n{headers}\n{parts["SignedHeaders"]}\n{Convert.ToHexStringLower(SHA256.HashData(request.Body))}";
        var text = $"SDK-HMAC-SHA256\n{request.Header("x-sdk-date")}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var secret = parts["Access"] == "AK1" ? SecretKey : request.Header("x-security-token") == AgencyToken ? AgencySecret : "";
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text))) == parts["Signature"];
    }

    private static LoopbackReply Error(int status, string code, string message) =>
        new(status, new JsonObject { ["error"] = new JsonObject { ["error_code"] = code, ["error_msg"] = message } });
}
