using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.KeyManagement.GcpKms;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.Publishing;

// S3:    PUT https://BUCKET.s3.REGION.amazonaws.com/KEY, Signature Version 4 with x-amz-content-sha256
// GCS:   POST https://storage.googleapis.com/upload/storage/v1/b/BUCKET/o?name=KEY&uploadType=media, Bearer token
// Vault: POST ADDRESS/v1/MOUNT[data/]PATH, X-Vault-Token; a KV engine of version 2 wants {"data": …}

/// <summary>Sends files to where <c>sops publish</c> sends them, with the credentials that the key services use.</summary>
public sealed class SecretPublisher : IDisposable
{
    private readonly KeyEnvironment _environment;
    private readonly KeyHttp _http;

    /// <summary>Takes variables and clock of the process.</summary>
    public SecretPublisher(KeyEnvironment environment)
    {
        _environment = environment;
        _http = new KeyHttp(environment.Clock);
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
    public Task PutGcsObjectAsync(string bucket, string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => ExplainAsync($"gs://{bucket}/{key}", async () =>
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
        var current = await SendToVaultAsync(HttpMethod.Get, secret, null, cancellationToken).ConfigureAwait(false);
        var held = current.IsSuccess ? current.JsonOrEmpty()["data"] : null;
        if (JsonNode.DeepEquals(isVersion2 ? held?["data"] : held, data))
        {
            return false;
        }

        var body = isVersion2 ? new JsonObject { ["data"] = data.DeepClone() } : data;
        await ExplainAsync(secret.ToString(), () => SendToVaultAsync(HttpMethod.Post, secret, body, cancellationToken)).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

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
            // The answer's text may repeat what was sent; status and a code are enough to act on.
            throw new PublishException($"{destination}: the service refused with HTTP {reply.Status.ToString(CultureInfo.InvariantCulture)}{(reply.Status is 401 or 403 ? "; check that the credentials may write there" : "")}");
        }
    }

    /// <summary>The bucket in the host name at Amazon, in the path at any other endpoint.</summary>
    private static Uri ObjectUri(Uri endpoint, string bucket, string key)
    {
        var path = string.Join('/', key.Split('/').Select(Rfc3986.Encode));
        var isAmazon = endpoint.Host.EndsWith(".amazonaws.com", StringComparison.Ordinal) || endpoint.Host.EndsWith(".amazonaws.com.cn", StringComparison.Ordinal);
        return isAmazon
            ? new Uri($"{endpoint.Scheme}://{bucket}.{endpoint.Authority}/{path}")
            : new Uri($"{endpoint.Scheme}://{endpoint.Authority}/{Rfc3986.Encode(bucket)}/{path}");
    }

    private Task<KeyReply> SendToVaultAsync(HttpMethod method, Uri secret, JsonObject? body, CancellationToken cancellationToken)
    {
        var token = _environment.FirstNonEmpty("VAULT_TOKEN", "BAO_TOKEN") ?? TokenFile()
            ?? throw new PublishException($"{secret}: no Vault token was found (set VAULT_TOKEN, or run 'vault login')");
        List<KeyValuePair<string, string>> headers = [new("X-Vault-Request", "true"), new("X-Vault-Token", token.Trim())];
        if (_environment.FirstNonEmpty("VAULT_NAMESPACE", "BAO_NAMESPACE") is { } space)
        {
            headers.Add(new("X-Vault-Namespace", space));
        }

        var request = new KeyRequest(method, secret) { Headers = headers };
        request = body is null ? request : request with { Body = Encoding.UTF8.GetBytes(body.ToJsonString()), ContentType = "application/json" };
        return _http.SendAsync(() => request, cancellationToken);
    }

    private string? TokenFile()
    {
        var path = Path.Combine(_environment.NonEmpty("HOME") ?? "/", ".vault-token");
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }
}
