using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement.Http;
using SecretsOps.KeyManagement.Protobuf;

namespace SecretsOps.KeyManagement.AlibabaKms;

// The protocol of the KMS Instance SDK, "dkms-gcs-0.2": protobuf over POST, signed with the client key.
//   string to sign = METHOD LF content-sha256 LF content-type LF date LF (x-kms-…:value LF)... "/"
// The service returns key version, IV and ciphertext apart; as Alibaba's transfer SDK does, the wrapped key is
//   base64(key version id, 36 ASCII bytes | IV, 12 bytes | ciphertext and tag)
// and an encryption context becomes additional data: SHA-256 of "k1=v1&k2=v2", sorted.

/// <summary>Encrypts and decrypts on a dedicated KMS instance with its client key.</summary>
internal sealed class AlibabaInstanceProtocol(AlibabaKmsCredentials credentials, AlibabaClientKey clientKey, KeyHttp http)
{
    private const string ContentType = "application/x-protobuf";
    private const string VersionHeader = "x-kms-migrationkeyversionid";
    private const int VersionSize = 36;
    private const int IvSize = 12;

    public async Task<string> EncryptAsync(AlibabaKmsMasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken)
    {
        var message = new ProtoWriter().Text(1, KeyId(key)).Bytes(2, dataKey.Span).Bytes(4, AssociatedData(key)).ToArray();
        var answer = await CallAsync("Encrypt", message, keyVersion: null, cancellationToken).ConfigureAwait(false);
        var version = answer.Headers(VersionHeader) ?? throw new KeyBackendException("the KMS instance did not name the key's version");
        return Convert.ToBase64String([.. Encoding.ASCII.GetBytes(version), .. answer.Fields.Bytes(3), .. answer.Fields.Bytes(2)]);
    }

    public async Task<SecretBytes> DecryptAsync(AlibabaKmsMasterKey key, string wrappedKey, CancellationToken cancellationToken)
    {
        var blob = WrappedBase64.Decode(wrappedKey);
        if (blob.Length <= VersionSize + IvSize)
        {
            throw new KeyBackendException("the wrapped key is too short for one of a dedicated instance");
        }

        var message = new ProtoWriter()
            .Bytes(1, blob.AsSpan(VersionSize + IvSize))
            .Text(2, KeyId(key))
            .Bytes(4, AssociatedData(key))
            .Bytes(5, blob.AsSpan(VersionSize, IvSize))
            .ToArray();
        var answer = await CallAsync("Decrypt", message, Encoding.ASCII.GetString(blob.AsSpan(0, VersionSize)), cancellationToken).ConfigureAwait(false);
        return new SecretBytes(answer.Fields.Bytes(2));
    }

    /// <summary>The text that the client key signs.</summary>
    internal static string StringToSign(string contentHash, string date, IEnumerable<KeyValuePair<string, string>> kmsHeaders)
    {
        var lines = kmsHeaders.OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => $"{header.Key}:{header.Value.Trim()}\n");
        return $"POST\n{contentHash}\n{ContentType}\n{date}\n{string.Concat(lines)}/";
    }

    private async Task<(ProtoFields Fields, Func<string, string?> Headers)> CallAsync(string name, byte[] message, string? keyVersion, CancellationToken cancellationToken)
    {
        var reply = await http.SendAsync(() => Sign(name, message, keyVersion), cancellationToken).ConfigureAwait(false);
        var fields = ProtoFields.TryRead(reply.Body) ?? throw new KeyBackendException($"the KMS instance answered HTTP {reply.Status} with something that is not its protocol");
        return reply.IsSuccess ? (fields, reply.Header) : throw AlibabaKmsClient.Refused(fields.Text(2), fields.Text(3), name);
    }

    private KeyRequest Sign(string name, byte[] message, string? keyVersion)
    {
        var date = credentials.Environment.Clock.GetUtcNow().UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
        var hash = Convert.ToHexString(SHA256.HashData(message));
        List<KeyValuePair<string, string>> kmsHeaders =
        [
            new("x-kms-accesskeyid", clientKey.KeyId),
            new("x-kms-apiname", name),
            new("x-kms-apiversion", "dkms-gcs-0.2"),
            new("x-kms-signaturemethod", "RSA_PKCS1_SHA_256"),
        ];
        if (keyVersion is not null)
        {
            kmsHeaders.Add(new(VersionHeader, keyVersion));
        }

        var signature = clientKey.Sign(Encoding.UTF8.GetBytes(StringToSign(hash, date, kmsHeaders)));
        var endpoint = credentials.Endpoint ?? throw new KeyBackendException("the KMS instance's address is missing", "set ALIBABA_CLOUD_KMS_INSTANCE_ID");
        return new KeyRequest(HttpMethod.Post, AlibabaEndpoint.Parse(endpoint))
        {
            Body = message,
            ContentType = ContentType,
            Headers = [new("accept", ContentType), new("date", date), new("content-sha256", hash), new("authorization", $"Bearer {signature}"), .. kmsHeaders],
        };
    }

    // An instance knows its keys by id or alias, not by ARN.
    private static string KeyId(AlibabaKmsMasterKey key)
    {
        var name = key.Arn.Split(':', 5)[4];
        return name.StartsWith("key/", StringComparison.Ordinal) ? name["key/".Length..] : name;
    }

    private static byte[] AssociatedData(AlibabaKmsMasterKey key)
    {
        var pairs = key.Context.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}");
        return key.Context.Count == 0 ? [] : SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('&', pairs)));
    }
}
