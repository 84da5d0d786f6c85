using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.AwsKms;

// POST https://kms.REGION.amazonaws.com/, X-Amz-Target: TrentService.Encrypt | Decrypt, JSON 1.1, Signature Version 4.

/// <summary>Wraps and unwraps with AWS KMS; the wrapped key is the CiphertextBlob in base64.</summary>
internal sealed class AwsKmsClient : KeyClient<AwsKmsMasterKey>, IDisposable
{
    private readonly KeyEnvironment _environment;
    private readonly KeyHttp _http;
    private readonly AwsCredentialChain _chain;

    public AwsKmsClient(AwsKmsCredentials credentials)
    {
        _environment = credentials.Environment;
        _http = new KeyHttp(_environment.Clock) { IsThrottled = reply => reply.Status == 400 && ErrorCode(reply) is "ThrottlingException" or "LimitExceededException" };
        _chain = new AwsCredentialChain(credentials, _http);
    }

    public void Dispose() => _http.Dispose();

    protected override async Task<string> WrapAsync(AwsKmsMasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["KeyId"] = key.Arn, ["Plaintext"] = Convert.ToBase64String(dataKey.Span) };
        var answer = await CallAsync(key, "Encrypt", body, cancellationToken).ConfigureAwait(false);
        return Convert.ToBase64String(JsonText.GetBase64(answer, "CiphertextBlob"));
    }

    protected override async Task<SecretBytes> UnwrapAsync(AwsKmsMasterKey key, string wrappedKey, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["KeyId"] = key.Arn, ["CiphertextBlob"] = Convert.ToBase64String(WrappedBase64.Decode(wrappedKey)) };
        var answer = await CallAsync(key, "Decrypt", body, cancellationToken).ConfigureAwait(false);
        return new SecretBytes(JsonText.GetBase64(answer, "Plaintext"));
    }

    private async Task<JsonObject> CallAsync(AwsKmsMasterKey key, string operation, JsonObject body, CancellationToken cancellationToken)
    {
        if (key.Context.Count > 0)
        {
            body["EncryptionContext"] = new JsonObject(key.Context.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value)));
        }

        var identity = await _chain.ForAsync(key, cancellationToken).ConfigureAwait(false);
        var request = new KeyRequest(HttpMethod.Post, AwsEndpoint.For("kms", key.Region, _environment, _chain.Config, key.Profile.Length > 0 ? key.Profile : _chain.DefaultProfile))
        {
            Body = Encoding.UTF8.GetBytes(body.ToJsonString()),
            ContentType = "application/x-amz-json-1.1",
            Headers = [new("x-amz-target", $"TrentService.{operation}")],
        };
        var signature = new AwsSignature(identity, key.Region, "kms");
        var reply = await _http.SendAsync(() => signature.Sign(request, _environment.Clock.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        return reply.IsSuccess ? reply.Json() : throw Refused(reply, operation);
    }

    private static KeyBackendException Refused(KeyReply reply, string operation)
    {
        var body = reply.JsonOrEmpty();
        var code = ErrorCode(reply) ?? $"HTTP {reply.Status}";
        var message = JsonText.Find(body, "message") ?? JsonText.Find(body, "Message");
        return new KeyBackendException($"AWS KMS refused {operation}: {code}{(message is null ? "" : $": {message}")}", Remedy(code));
    }

    private static string? ErrorCode(KeyReply reply) => JsonText.Find(reply.JsonOrEmpty(), "__type")?.Split('#')[^1];

    private static string? Remedy(string code) => code switch
    {
        "AccessDeniedException" => "allow kms:Encrypt and kms:Decrypt on the key for this identity",
        "ExpiredTokenException" or "UnrecognizedClientException" or "InvalidClientTokenId" => "log in again: the credentials are not valid any more",
        "NotFoundException" => "check region, account and key id in the ARN",
        "DisabledException" or "KMSInvalidStateException" => "enable the key, or cancel its deletion",
        "InvalidCiphertextException" or "IncorrectKeyException" => "the encryption context or the key is not the one the file was encrypted with",
        "ThrottlingException" or "LimitExceededException" => "try again later, or ask for a higher quota",
        "InvalidSignatureException" or "RequestExpired" => "check secret key and clock",
        _ => null,
    };
}
