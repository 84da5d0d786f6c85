using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.AlibabaKms;

namespace SecretsOps.Testing.KeyServices;

/// <summary>A dedicated instance of Alibaba's KMS that speaks its own protocol: protobuf, signed with the RSA key of a client.</summary>
public sealed class FakeAlibabaInstance : FakeKeyService
{
    private const string Arn = "acs:kms:cn-hangzhou:123456:key/key-inst1";
    private const string Password = "client-key-password";
    private const string ClientKeyId = "KAAP.client-1";
    private const string KeyVersion = "11111111-2222-3333-4444-555555555555";

    private readonly ToyVault _vault = new();
    private readonly X509Certificate2 _client = MakeCertificate();
    private readonly TemporaryDirectory _files = new();

    public override MasterKey Key { get; } = new AlibabaKmsMasterKey(Arn) { Context = new Dictionary<string, string> { ["app"] = "shop", ["Zone"] = "a" } };

    public override MasterKey OtherKey { get; } = new AlibabaKmsMasterKey(Arn) { Context = new Dictionary<string, string> { ["app"] = "other" } };

    public override IReadOnlyList<string> Secrets { get; } = [Password];

    public override string RefusalWord => "Forbidden.NoPermission";

    public override void Configure(TestEnvironment environment)
    {
        environment["ALIBABA_CLOUD_KMS_ENDPOINT"] = Address;
        environment["ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE"] = _files.Write("client-key.json", ClientKeyFile(_client));
        environment["ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD"] = Password;
    }

    public override void ConfigureWrongSecret(TestEnvironment environment)
    {
        using var another = MakeCertificate();
        environment["ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE"] = _files.Write("another-key.json", ClientKeyFile(another));
    }

    public override void ConfigureWithoutCredentials(TestEnvironment environment)
    {
        environment["ALIBABA_CLOUD_KMS_ENDPOINT"] = Address;
        environment["ALIBABA_CLOUD_ECS_METADATA_ENDPOINT"] = "http://127.0.0.1:9";
    }

    protected override LoopbackReply Throttle() => Error(429, "Rejected.Throttling", "too many requests");

    protected override LoopbackReply Refuse() => Error(403, "Forbidden.NoPermission", "the client key may not use this key");

    protected override LoopbackReply Answer(LoopbackRequest request)
    {
        if (!IsSigned(request))
        {
            return Error(403, "Forbidden.SignatureInvalid", "signature does not match");
        }

        var fields = Read(request.Body);
        return request.Header("x-kms-apiname") switch
        {
            "Encrypt" when Encoding.UTF8.GetString(fields[1]) == "key-inst1" => Encrypt(fields),
            "Decrypt" when request.Header("x-kms-migrationkeyversionid") == KeyVersion
                && _vault.TryDecrypt(Binding(fields[2], fields), [.. fields[5], .. fields[1]]) is { } plaintext => new LoopbackReply(200, Message((1, "key-inst1"u8.ToArray()), (2, plaintext))),
            _ => Error(400, "InvalidParameter", "the ciphertext cannot be decrypted"),
        };
    }

    private LoopbackReply Encrypt(Dictionary<int, byte[]> fields)
    {
        var blob = _vault.Encrypt(Binding(fields[1], fields), fields[2]);
        return new LoopbackReply(200, Message((1, fields[1]), (2, blob[12..]), (3, blob[..12])))
        {
            Headers = new Dictionary<string, string> { ["x-kms-migrationkeyversionid"] = KeyVersion },
        };
    }

    private static string Binding(byte[] keyId, Dictionary<int, byte[]> fields) => $"{Encoding.UTF8.GetString(keyId)}|{Convert.ToHexString(fields.GetValueOrDefault(4) ?? [])}";

    private bool IsSigned(LoopbackRequest request)
    {
        var kmsHeaders = request.Headers.Where(header => header.Key.StartsWith("x-kms-", StringComparison.Ordinal)).OrderBy(header => header.Key, StringComparer.Ordinal);
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{request.Method}\n{request.Header("content-sha256")}\n{request.Header("content-type")}\n{request.Header("date")}\n");
        foreach (var (name, value) in kmsHeaders)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}:{value}\n");
        }

        using var key = _client.GetRSAPublicKey()!;
        return request.Header("x-kms-accesskeyid") == ClientKeyId
            && request.Header("x-kms-apiversion") == "dkms-gcs-0.2"
            && request.Header("content-sha256") == Convert.ToHexString(SHA256.HashData(request.Body))
            && request.Header("authorization").StartsWith("Bearer ", StringComparison.Ordinal)
            && key.VerifyData(Encoding.UTF8.GetBytes(text.Append('/').ToString()), Convert.FromBase64String(request.Header("authorization")[7..]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private static LoopbackReply Error(int status, string code, string message) =>
        new(status, Message((2, Encoding.UTF8.GetBytes(code)), (3, Encoding.UTF8.GetBytes(message)), (4, "r-1"u8.ToArray())));

    // Fields up to 15 and lengths below 16384: one tag byte, a length of one or two bytes.
    private static byte[] Message(params (int Field, byte[] Value)[] fields)
    {
        List<byte> message = [];
        foreach (var (field, value) in fields)
        {
            message.Add((byte)((field << 3) | 2));
            message.AddRange(value.Length < 128 ? [(byte)value.Length] : [(byte)((value.Length & 127) | 128), (byte)(value.Length >> 7)]);
            message.AddRange(value);
        }

        return [.. message];
    }

    private static Dictionary<int, byte[]> Read(byte[] message)
    {
        var fields = new Dictionary<int, byte[]>();
        for (var position = 0; position < message.Length;)
        {
            var field = message[position++] >> 3;
            int length = message[position++];
            length = length < 128 ? length : (length & 127) | (message[position++] << 7);
            fields[field] = message[position..(position + length)];
            position += length;
        }

        return fields;
    }

    private static string ClientKeyFile(X509Certificate2 certificate) =>
        new JsonObject { ["KeyId"] = ClientKeyId, ["PrivateKeyData"] = Convert.ToBase64String(certificate.Export(X509ContentType.Pkcs12, Password)) }.ToJsonString();

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        return new CertificateRequest("CN=client-key", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }
}
