using System.Text.Json.Nodes;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement.Http;
using SecretsOps.KeyManagement.Protobuf;

namespace SecretsOps.KeyManagement.AlibabaKms;

// Product Kms, version 2016-01-20, RPC style: POST https://kms.REGION.aliyuncs.com/?Action parameters, signed ACS3-HMAC-SHA256
// (or RPC HMAC-SHA1 by ALIBABA_CLOUD_SIGNATURE_VERSION=1.0); the same actions on a dedicated instance's gateway.

/// <summary>Wraps and unwraps with Alibaba Cloud KMS; the wrapped key is the CiphertextBlob as the service returns it.</summary>
internal sealed class AlibabaKmsClient : KeyClient<AlibabaKmsMasterKey>, IDisposable
{
    private const string Version = "2016-01-20";

    private readonly AlibabaKmsCredentials _credentials;
    private readonly KeyHttp _http;
    private readonly KeyHttp _credentialHttp;
    private readonly AlibabaCredentialChain _chain;

    public AlibabaKmsClient(AlibabaKmsCredentials credentials)
    {
        var clock = credentials.Environment.Clock;
        var tls = new TlsSettings { AuthoritiesPem = credentials.AuthorityPem is { } pem ? [pem] : [] };
        _credentials = credentials;
        _http = new KeyHttp(clock, credentials.AuthorityPem is null ? null : tls.ToHandler()) { IsThrottled = IsThrottled };
        _credentialHttp = new KeyHttp(clock) { IsThrottled = IsThrottled };
        _chain = new AlibabaCredentialChain(credentials, _credentialHttp);
    }

    public void Dispose()
    {
        _http.Dispose();
        _credentialHttp.Dispose();
    }

    protected override async Task<string> WrapAsync(AlibabaKmsMasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken)
    {
        if (_credentials.ClientKey is { } clientKey)
        {
            return await new AlibabaInstanceProtocol(_credentials, clientKey, _http).EncryptAsync(key, dataKey, cancellationToken).ConfigureAwait(false);
        }

        Dictionary<string, string> parameters = new() { ["KeyId"] = key.Arn, ["Plaintext"] = Convert.ToBase64String(dataKey.Span) };
        var answer = await CallAsync(key, "Encrypt", parameters, cancellationToken).ConfigureAwait(false);
        return JsonText.GetWrappedKey(answer, "CiphertextBlob");
    }

    protected override async Task<SecretBytes> UnwrapAsync(AlibabaKmsMasterKey key, string wrappedKey, CancellationToken cancellationToken)
    {
        if (_credentials.ClientKey is { } clientKey)
        {
            return await new AlibabaInstanceProtocol(_credentials, clientKey, _http).DecryptAsync(key, wrappedKey, cancellationToken).ConfigureAwait(false);
        }

        Dictionary<string, string> parameters = new() { ["CiphertextBlob"] = wrappedKey.Trim() };
        var answer = await CallAsync(key, "Decrypt", parameters, cancellationToken).ConfigureAwait(false);
        return new SecretBytes(JsonText.GetBase64(answer, "Plaintext"));
    }

    private async Task<JsonObject> CallAsync(AlibabaKmsMasterKey key, string action, Dictionary<string, string> parameters, CancellationToken cancellationToken)
    {
        if (key.Context.Count > 0)
        {
            var pairs = key.Context.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value));
            parameters["EncryptionContext"] = new JsonObject(pairs).ToJsonString();
        }

        var endpoint = AlibabaEndpoint.Kms(_credentials, key.Region);
        var identity = await _chain.ForAsync(key, cancellationToken).ConfigureAwait(false);
        var isRpc = _credentials.Environment.NonEmpty("ALIBABA_CLOUD_SIGNATURE_VERSION") == "1.0";
        var reply = await _http.SendAsync(
            () =>
            {
                var call = new AlibabaCall(endpoint, Version, action, parameters);
                var now = _credentials.Environment.Clock.GetUtcNow();
                return isRpc ? AlibabaRpcSignature.Sign(call, identity, now) : AlibabaAcs3Signature.Sign(call, identity, now);
            },
            cancellationToken).ConfigureAwait(false);
        return reply.IsSuccess ? reply.Json() : throw Refused(reply, action);
    }

    internal static KeyBackendException Refused(KeyReply reply, string action)
    {
        var body = reply.JsonOrEmpty();
        var code = JsonText.Find(body, "Code") ?? $"HTTP {reply.Status}";
        return Refused(code, JsonText.Find(body, "Message"), action);
    }

    internal static KeyBackendException Refused(string code, string? message, string action) =>
        new($"Alibaba Cloud KMS refused {action}: {code}{(string.IsNullOrEmpty(message) ? "" : $": {message}")}", Remedy(code));

    private static bool IsThrottled(KeyReply reply) =>
        reply.Status is >= 400 and < 500 && ErrorCode(reply) is { } code && (code == "Rejected.Throttling" || code.StartsWith("Throttling", StringComparison.Ordinal));

    // The gateways answer in JSON, an instance's own protocol in protobuf.
    private static string? ErrorCode(KeyReply reply) => JsonText.Find(reply.JsonOrEmpty(), "Code") ?? ProtoFields.TryRead(reply.Body)?.Text(2);

    private static string? Remedy(string code) => code switch
    {
        "Forbidden.RAM" or "NoPermission" or "AccessDenied" => "allow kms:Encrypt and kms:Decrypt on the key in RAM",
        "Forbidden.KeyNotFound" or "Forbidden.AliasNotFound" or "Forbidden.ResourceNotFound" => "check region, account and key id in the ARN",
        _ when code.StartsWith("Forbidden.", StringComparison.Ordinal) => "allow the key to this identity or client key",
        "Rejected.Disabled" or "Rejected.PendingDeletion" or "Rejected.Unavailable" => "enable the key, or cancel its deletion",
        "InvalidCiphertext" => "the encryption context or the key is not the one the file was encrypted with",
        "IllegalTimestamp" or "InvalidTimeStamp.Expired" or "RequestTimeTooSkewed" => "set the clock",
        "SignatureDoesNotMatch" or "IncompleteSignature" => "check the access key's secret",
        _ when code.StartsWith("InvalidSecurityToken", StringComparison.Ordinal) => "log in again: the temporary credentials have ended",
        _ when code.StartsWith("InvalidAccessKeyId", StringComparison.Ordinal) => "check the access key",
        _ when code.Contains("Throttling", StringComparison.Ordinal) => "try again later, or ask for a higher quota",
        _ => null,
    };
}
