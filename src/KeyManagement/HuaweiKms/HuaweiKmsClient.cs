using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.HuaweiKms;

// POST https://kms.REGION.myhuaweicloud.com/v1.0/PROJECT/kms/encrypt-data {"key_id","plain_text","encryption_algorithm"} -> {"cipher_text"}
// POST …/decrypt-data {"key_id","cipher_text","encryption_algorithm"} -> {"plain_text"}; as sops, the plain text is the data key in base64.

/// <summary>Wraps and unwraps with Huawei Cloud KMS; the wrapped key is the service's own text.</summary>
internal sealed class HuaweiKmsClient : KeyClient<HuaweiKmsMasterKey>, IDisposable
{
    private const string SymmetricDefault = "SYMMETRIC_DEFAULT";

    private readonly HuaweiKmsCredentials _credentials;
    private readonly KeyEnvironment _environment;
    private readonly KeyHttp _http;
    private readonly TokenCache<HuaweiIdentity> _agency;

    public HuaweiKmsClient(HuaweiKmsCredentials credentials)
    {
        _credentials = credentials;
        _environment = credentials.Environment;
        _http = new KeyHttp(_environment.Clock);
        _agency = new TokenCache<HuaweiIdentity>(_environment.Clock);
    }

    public void Dispose() => _http.Dispose();

    protected override async Task<string> WrapAsync(HuaweiKmsMasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["key_id"] = key.KeyUuid, ["plain_text"] = Convert.ToBase64String(dataKey.Span), ["encryption_algorithm"] = SymmetricDefault };
        return JsonText.GetWrappedKey(await CallAsync(key, "encrypt-data", body, cancellationToken).ConfigureAwait(false), "cipher_text");
    }

    protected override async Task<SecretBytes> UnwrapAsync(HuaweiKmsMasterKey key, string wrappedKey, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["key_id"] = key.KeyUuid, ["cipher_text"] = wrappedKey.Trim(), ["encryption_algorithm"] = SymmetricDefault };
        return new SecretBytes(JsonText.GetBase64(await CallAsync(key, "decrypt-data", body, cancellationToken).ConfigureAwait(false), "plain_text"));
    }

    private async Task<JsonObject> CallAsync(HuaweiKmsMasterKey key, string operation, JsonObject body, CancellationToken cancellationToken)
    {
        var identity = _credentials.Static ?? await _agency.GetAsync(FromAgencyAsync, cancellationToken).ConfigureAwait(false);
        var project = _credentials.ProjectId ?? await FindProjectAsync(identity, key.Region, cancellationToken).ConfigureAwait(false);
        var request = new KeyRequest(HttpMethod.Post, new Uri($"{Endpoint("kms", key.Region)}/v1.0/{Rfc3986.Encode(project)}/kms/{operation}"))
        {
            Body = Encoding.UTF8.GetBytes(body.ToJsonString()),
            ContentType = "application/json",
            Headers = [new("X-Project-Id", project)],
        };
        var reply = await SendAsync(request, identity, cancellationToken).ConfigureAwait(false);
        return reply.IsSuccess ? reply.Json() : throw Refused(reply, operation);
    }

    // The project of a region has the region's name.
    private async Task<string> FindProjectAsync(HuaweiIdentity identity, string region, CancellationToken cancellationToken)
    {
        var request = new KeyRequest(HttpMethod.Get, new Uri($"{Endpoint("iam", region)}/v3/projects?name={Rfc3986.Encode(region)}"));
        var reply = await SendAsync(request, identity, cancellationToken).ConfigureAwait(false);
        var projects = (reply.IsSuccess ? reply.Json() : throw Refused(reply, "to list the projects"))["projects"] as JsonArray;
        return JsonText.Find(projects?.FirstOrDefault(), "id") ?? throw new KeyBackendException($"no project for the region '{region}' was found", "set HUAWEICLOUD_SDK_PROJECT_ID");
    }

    private async Task<(HuaweiIdentity Identity, DateTimeOffset Expires)> FromAgencyAsync(CancellationToken cancellationToken)
    {
        const string Remedy = "set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK";
        if (!_credentials.UsesEnvironment)
        {
            throw new KeyBackendException("no Huawei Cloud credentials were given", "add 'sops.huawei-kms' to the Secret");
        }

        var address = (_environment.NonEmpty("HUAWEICLOUD_SDK_METADATA_ENDPOINT") ?? "http://169.254.169.254").TrimEnd('/');
        try
        {
            var request = new KeyRequest(HttpMethod.Get, new Uri($"{address}/openstack/latest/securitykey"));
            var reply = await _http.SendOnceAsync(request, cancellationToken, TimeSpan.FromSeconds(1)).ConfigureAwait(false);
            var credential = (reply.IsSuccess ? reply.Json() : throw new KeyBackendException($"the metadata service answered HTTP {reply.Status}"))["credential"];
            return (
                new HuaweiIdentity(JsonText.Get(credential, "access"), JsonText.Get(credential, "secret"), JsonText.Get(credential, "securitytoken")),
                DateTimeOffset.Parse(JsonText.Get(credential, "expires_at"), CultureInfo.InvariantCulture));
        }
        catch (KeyBackendException failure)
        {
            throw new KeyBackendException("no Huawei Cloud credentials were found: no variables, no credentials file, no agency", Remedy, failure);
        }
    }

    private Task<KeyReply> SendAsync(KeyRequest request, HuaweiIdentity identity, CancellationToken cancellationToken) =>
        _http.SendAsync(() => HuaweiSignature.Sign(request, identity, _environment.Clock.GetUtcNow()), cancellationToken);

    // The variables are those of Huawei's SDKs: HUAWEICLOUD_SDK_REGION_KMS_CN_NORTH_4=https://…, HUAWEICLOUD_SDK_IAM_ENDPOINT=https://…
    private string Endpoint(string service, string region)
    {
        if (!region.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'))
        {
            throw new KeyBackendException($"'{region}' is not a region of Huawei Cloud"); // it comes from the file and becomes a host name
        }

        var variable = $"HUAWEICLOUD_SDK_REGION_{service.ToUpperInvariant()}_{region.ToUpperInvariant().Replace('-', '_')}";
        var configured = _environment.NonEmpty(variable) ?? (service == "iam" ? _environment.NonEmpty("HUAWEICLOUD_SDK_IAM_ENDPOINT") : null);
        return configured?.TrimEnd('/') ?? $"https://{service}.{region}.myhuaweicloud.com";
    }

    private static KeyBackendException Refused(KeyReply reply, string operation)
    {
        var body = reply.JsonOrEmpty();
        var code = JsonText.Find(body, "error", "error_code") ?? JsonText.Find(body, "error_code") ?? $"HTTP {reply.Status}";
        var message = JsonText.Find(body, "error", "error_msg") ?? JsonText.Find(body, "error_msg");
        return new($"Huawei Cloud KMS refused {operation}: {code}{(message is null ? "" : $": {message}")}", reply.Status switch
        {
            401 => "check access key, secret key and clock",
            403 => "allow the key for this user in IAM",
            404 => "check region and key id",
            429 => "try again later, or ask for a higher quota",
            _ => null,
        });
    }
}
