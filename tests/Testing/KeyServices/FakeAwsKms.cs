using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.AwsKms;

namespace SecretsOps.Testing.KeyServices;

/// <summary>AWS KMS and STS. Its check of Signature Version 4 is written apart from the client's and is itself checked by the AWS SDK.</summary>
public sealed class FakeAwsKms : FakeKeyService
{
    public const string Arn = "arn:aws:kms:eu-west-2:111122223333:key/bc436485-5092-42b8-92a3-0aa8b93536dc";
    public const string AccessKeyId = "AKIDEXAMPLE";
    public const string SecretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    public const string RoleSecret = "role-secret-key/+";
    public const string SessionToken = "the//session+token==";
    public const string WebToken = "header.payload.signature";
    public const string ContainerToken = "container-authorization";

    private readonly ToyVault _vault = new();
    private readonly List<RecordedDecryption> _recorded = [];

    public override MasterKey Key { get; } = new AwsKmsMasterKey(Arn) { Context = new Dictionary<string, string> { ["App"] = "shop", ["Role"] = "web" } };

    public override MasterKey OtherKey { get; } = new AwsKmsMasterKey(Arn) { Context = new Dictionary<string, string> { ["App"] = "other" } };

    public override IReadOnlyList<string> Secrets { get; } = [SecretAccessKey, RoleSecret, SessionToken, WebToken, ContainerToken];

    public override string RefusalWord => "AccessDeniedException";

    public override void Configure(TestEnvironment environment)
    {
        environment["AWS_ENDPOINT_URL"] = Address;
        environment["AWS_ACCESS_KEY_ID"] = AccessKeyId;
        environment["AWS_SECRET_ACCESS_KEY"] = SecretAccessKey;
    }

    public override void ConfigureWrongSecret(TestEnvironment environment) => environment["AWS_SECRET_ACCESS_KEY"] = WrongSecret;

    public override void ConfigureWithoutCredentials(TestEnvironment environment)
    {
        environment["AWS_ENDPOINT_URL"] = Address;
        environment["AWS_EC2_METADATA_DISABLED"] = "true";
    }

    /// <summary>Also opens what another KMS once wrapped: a JSON list of <c>CiphertextBlob</c>, <c>EncryptionContext</c> and <c>Plaintext</c>.</summary>
    public void Replay(string transcriptPath) =>
        _recorded.AddRange(JsonNode.Parse(File.ReadAllBytes(transcriptPath))!.AsArray().Select(entry => new RecordedDecryption(
            (string)entry!["KeyId"]!, (string)entry["CiphertextBlob"]!, ContextOf(entry), (string)entry["Plaintext"]!)));

    protected override bool IsKeyOperation(LoopbackRequest request) => request.Header("x-amz-target").Length > 0;

    protected override LoopbackReply Throttle() => Error(400, "ThrottlingException", "Rate exceeded");

    protected override LoopbackReply Refuse() => Error(400, "AccessDeniedException", "User is not authorized to perform: kms:Decrypt");

    protected override LoopbackReply Answer(LoopbackRequest request)
    {
        if (!IsKeyOperation(request))
        {
            return AnswerLogin(request);
        }

        if (!IsSigned(request, "kms", "eu-west-2"))
        {
            return Error(400, "InvalidSignatureException", "The request signature we calculated does not match the signature you provided.");
        }

        var body = request.Json;
        var keyId = (string?)body["KeyId"] ?? Arn;
        return request.Header("x-amz-target") switch
        {
            "TrentService.Encrypt" => Answer(keyId, "CiphertextBlob", _vault.Encrypt($"{keyId}|{ContextOf(body)}", Convert.FromBase64String((string)body["Plaintext"]!))),
            "TrentService.Decrypt" when TryDecrypt(keyId, ContextOf(body), (string)body["CiphertextBlob"]!) is { } plaintext => Answer(keyId, "Plaintext", plaintext),
            _ => Error(400, "InvalidCiphertextException", ""),
        };
    }

    private byte[]? TryDecrypt(string keyId, string context, string blob)
    {
        var recorded = _recorded.Find(entry => entry.KeyId == keyId && entry.Blob == blob && entry.Context == context);
        return recorded is null ? _vault.TryDecrypt($"{keyId}|{context}", Convert.FromBase64String(blob)) : Convert.FromBase64String(recorded.Plaintext);
    }

    private static string ContextOf(JsonNode node) =>
        string.Join('&', node["EncryptionContext"]?.AsObject().OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}") ?? []);

    private static LoopbackReply Answer(string keyId, string name, byte[] content) =>
        LoopbackReply.Ok(new JsonObject { ["KeyId"] = keyId, [name] = Convert.ToBase64String(content), ["EncryptionAlgorithm"] = "SYMMETRIC_DEFAULT" });

    private LoopbackReply AnswerLogin(LoopbackRequest request) => (request.Method, request.Path) switch
    {
        ("POST", _) => AnswerSts(request),
        ("GET", "/v1/credentials") when request.Header("authorization") == ContainerToken => LoopbackReply.Ok(RoleCredentials()),
        ("PUT", "/latest/api/token") => new LoopbackReply(200, "imds-token"),
        ("GET", _) when request.Header("x-aws-ec2-metadata-token") != "imds-token" => new LoopbackReply(401, ""),
        ("GET", "/latest/meta-data/iam/security-credentials/") => new LoopbackReply(200, "InstanceRole"),
        ("GET", "/latest/meta-data/iam/security-credentials/InstanceRole") => LoopbackReply.Ok(RoleCredentials()),
        _ => new LoopbackReply(404, ""),
    };

    private static JsonObject RoleCredentials() =>
        new() { ["AccessKeyId"] = "ASIAROLE", ["SecretAccessKey"] = RoleSecret, ["Token"] = SessionToken, ["Expiration"] = "2099-01-01T00:00:00Z" };

    private LoopbackReply AnswerSts(LoopbackRequest request)
    {
        var form = request.Form;
        var isAllowed = form["Action"] == "AssumeRole" ? IsSigned(request, "sts", "eu-west-2") : form["WebIdentityToken"] == WebToken || TrustsToken(form["WebIdentityToken"]);
        return isAllowed && form["RoleArn"] == "arn:aws:iam::111122223333:role/decrypt"
            ? new LoopbackReply(200, $"""
                <R xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><X><Credentials>
                <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>{RoleSecret}</SecretAccessKey>
                <SessionToken>{SessionToken}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
                </Credentials></X></R>
                """)
            : new LoopbackReply(403, "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Not authorized to perform sts:AssumeRole</Message></Error></ErrorResponse>");
    }

    private static LoopbackReply Error(int status, string type, string message) =>
        new(status, new JsonObject { ["__type"] = $"com.amazonaws.kms#{type}", ["message"] = message });

    /// <summary>Signature Version 4, from AWS's description of it.</summary>
    public static bool IsSigned(LoopbackRequest request, string service, string region)
    {
        var parts = request.Header("authorization").Replace("AWS4-HMAC-SHA256 ", "", StringComparison.Ordinal).Split(", ").Select(part => part.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        var secrets = new Dictionary<string, string> { [AccessKeyId] = SecretAccessKey, ["ASIAROLE"] = RoleSecret };
        var credential = parts["Credential"].Split('/');
        if (!secrets.TryGetValue(credential[0], out var secret) || credential[2] != region || credential[3] != service || (credential[0] == "ASIAROLE" && request.Header("x-amz-security-token") != SessionToken))
        {
            return false;
        }

        var names = parts["SignedHeaders"].Split(';');
        var canonical = new StringBuilder().Append(request.Method).Append('\n').Append(request.Path).Append('\n').Append(request.RawQuery).Append('\n');
        foreach (var name in names)
        {
            canonical.Append(name).Append(':').Append(request.Header(name)).Append('\n');
        }

        canonical.Append('\n').Append(parts["SignedHeaders"]).Append('\n').Append(Hex(SHA256.HashData(request.Body)));
        var date = request.Header("x-amz-date");
        var text = $"AWS4-HMAC-SHA256\n{date}\n{string.Join('/', credential[1..])}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())))}";
        var key = credential[1..].Aggregate(Encoding.UTF8.GetBytes("AWS4" + secret), (current, part) => HMACSHA256.HashData(current, Encoding.UTF8.GetBytes(part)));
        return names.Contains("host") && names.Contains("x-amz-date") && Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text))) == parts["Signature"];
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private sealed record RecordedDecryption(string KeyId, string Blob, string Context, string Plaintext);
}
