using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.KeyManagement.GcpKms;
using SecretsOps.KeyManagement.Http;
using SecretsOps.KeyManagement.VaultTransit;

namespace SecretsOps.KeyManagement.Publishing;

// S3:    PUT https://BUCKET.s3.REGION.amazonaws.com/KEY, Signature Version 4 with x-amz-content-sha256
// GCS:   POST https://storage.googleapis.com/upload/storage/v1/b/BUCKET/o?name=KEY&uploadType=media, Bearer token
// Vault: POST ADDRESS/v1/MOUNT/[data/]PATH, X-Vault-Token; a KV engine of version 2 wants {"data": …}

/// <summary>Sends files to where <c>sops publish</c> sends them, with the credentials that the key services use.</summary>
public sealed partial class SecretPublisher : IDisposable
{
    // A file may be large and a line slow.
    private static readonly TimeSpan UploadTimeout = TimeSpan.FromMinutes(5);

    private readonly KeyEnvironment _environment;
    private readonly KeyHttp _http;
    private readonly Lazy<VaultConnection> _vault;

    /// <summary>Takes variables and clock of the process.</summary>
    public SecretPublisher(KeyEnvironment environment)
    {
        _environment = environment;
        _http = new KeyHttp(environment.Clock) { AttemptTimeout = UploadTimeout };
        _vault = new(() => new VaultConnection(VaultTransitCredentials.FromEnvironment(environment)));
    }

    /// <summary>Uploads an object to a bucket of S3.</summary>
    /// <exception cref="PublishException">No credentials, or S3 refused.</exception>
    public Task PutS3ObjectAsync(string bucket, string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => ExplainAsync($"s3://{bucket}/{key}", async () =>
    {
        var region = _environment.FirstNonEmpty("AWS_REGION", "AWS_DEFAULT_REGION") ?? "us-east-1";
        var chain = new AwsCredentialChain(AwsKmsCredentials.FromEnvironment(_environment), _http);
        // The chain asks by key for role and region; a bucket has neither role nor context.
        var identity = await chain.ForAsync(new AwsKmsMasterKey($"arn:aws:kms:{region}:000000000000:key/none"), cancellationToken).ConfigureAwait(false);
        var endpoint = AwsEndpoint.For("s3", region, _environment, chain.Config, chain.DefaultProfile);
        var request = new KeyRequest(HttpMethod.Put, ObjectUri(endpoint, bucket, key))
        {
            Body = content,
            ContentType = "application/octet-stream",
            Headers = [new("x-amz-content-sha256", Convert.ToHexStringLower(SHA256.HashData(content.Span)))],
        };
        var signature = new AwsSignature(identity, region, "s3");
        return await _http.SendAsync(() => signature.Sign(request, _environment.Clock.GetUtcNow()), cancellationToken).ConfigureAwait(false);
    });

    /// <summary>Uploads an object to a bucket of Google Cloud Storage.</summary>
    /// <exception cref="PublishException">No credentials, or the service refused.</exception>
    public Task PutGcsObjectAsync(string bucket, string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => ExplainAsync($"gcs://{bucket}/{key}", async () =>
    {
        var token = await new GcpTokenSource(GcpKmsCredentials.FromEnvironment(_environment), _http).GetAsync(cancellationToken).ConfigureAwait(false);
        var endpoint = (_environment.NonEmpty("STORAGE_EMULATOR_HOST") ?? "https://storage.googleapis.com").TrimEnd('/');
        endpoint = endpoint.Contains("://", StringComparison.Ordinal) ? endpoint : $"http://{endpoint}";
        var request = new KeyRequest(HttpMethod.Post, new Uri($"{endpoint}/upload/storage/v1/b/{Rfc3986.Encode(bucket)}/o?name={Rfc3986.Encode(key)}&uploadType=media"))
        {
            Body = content,
            ContentType = "application/octet-stream",
            Headers = [new("Authorization", $"Bearer {token}")],
        };
        return await _http.SendAsync(() => request, cancellationToken).ConfigureAwait(false);
    });

    /// <summary>Writes a secret to a KV engine of Vault or OpenBao, unless it holds the same already.</summary>
    /// <returns>False when nothing had to be written.</returns>
    /// <exception cref="PublishException">There is no token, or Vault refused.</exception>
    public async Task<bool> PutVaultSecretAsync(Uri secret, bool isVersion2, JsonObject data, CancellationToken cancellationToken)
    {
        var isNew = true;
        await ExplainAsync(secret.ToString(), async () =>
        {
            var current = await SendToVaultAsync(HttpMethod.Get, secret, null, cancellationToken).ConfigureAwait(false);
            var held = current.IsSuccess ? current.JsonOrEmpty()["data"] : null;
            isNew = !JsonNode.DeepEquals(isVersion2 ? (held as JsonObject)?["data"] : held, data);
            var body = isVersion2 ? new JsonObject { ["data"] = data.DeepClone() } : data;
            return isNew ? await SendToVaultAsync(HttpMethod.Post, secret, body, cancellationToken).ConfigureAwait(false) : current;
        }).ConfigureAwait(false);
        return isNew;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        if (_vault.IsValueCreated)
        {
            _vault.Value.Dispose();
        }
    }

    private static async Task ExplainAsync(string destination, Func<Task<KeyReply>> sendAsync)
    {
        KeyReply reply;
        try
        {
            reply = await sendAsync().ConfigureAwait(false);
        }
        catch (KeyBackendException failure)
        {
            throw new PublishException($"{destination}: {failure.Message}{(failure.Remedy is null ? "" : $" ({failure.Remedy})")}", failure);
        }

        if (!reply.IsSuccess)
        {
            throw new PublishException($"{destination}: the service refused with HTTP {reply.Status.ToString(CultureInfo.InvariantCulture)}{Code(reply)}{RemedyFor(reply)}");
        }
    }

    /// <summary>The service's word for the refusal. The rest of its answer may repeat what was sent.</summary>
    private static string Code(KeyReply reply) => ErrorCode().Match(reply.Text()) is { Success: true } found ? $" ({found.Groups["code"].Value})" : "";

    private static string RemedyFor(KeyReply reply) => reply.Status switch
    {
        301 or 307 when reply.Header("x-amz-bucket-region") is { } region => $"; the bucket is in {region}: set AWS_REGION",
        301 or 307 or 308 => "; the service points elsewhere: name the right region or the active server",
        401 or 403 => "; check that the credentials may write there",
        404 => "; check bucket, or mount (vault_kv_mount_name) and version (vault_kv_version) of the engine",
        503 => "; it is sealed, or in maintenance",
        _ => "",
    };

    [GeneratedRegex("<Code>(?<code>\\w{1,64})</Code>|\"reason\":\\s*\"(?<code>\\w{1,64})\"")]
    private static partial Regex ErrorCode();

    /// <summary>The bucket in the host name at Amazon, in the path at any other endpoint.</summary>
    private static Uri ObjectUri(Uri endpoint, string bucket, string key)
    {
        var path = string.Join('/', key.Split('/').Select(Rfc3986.Encode));
        var isAmazon = endpoint.Host.EndsWith(".amazonaws.com", StringComparison.Ordinal) || endpoint.Host.EndsWith(".amazonaws.com.cn", StringComparison.Ordinal);
        return isAmazon
            ? new Uri($"{endpoint.Scheme}://{bucket}.{endpoint.Authority}/{path}")
            : new Uri($"{endpoint.Scheme}://{endpoint.Authority}/{Rfc3986.Encode(bucket)}/{path}");
    }

    private Task<KeyReply> SendToVaultAsync(HttpMethod method, Uri secret, JsonObject? body, CancellationToken cancellationToken) =>
        _vault.Value.SendAsync(method, secret.GetLeftPart(UriPartial.Authority), secret.AbsolutePath["/v1/".Length..], body, cancellationToken);
}
