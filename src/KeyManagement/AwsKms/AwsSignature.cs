using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.AwsKms;

// AWS Signature Version 4:
//   canonical request = METHOD LF path LF sorted query LF (name:value LF)... LF signed names LF hex(SHA-256(body))
//   string to sign    = AWS4-HMAC-SHA256 LF time LF date/region/service/aws4_request LF hex(SHA-256(canonical request))
//   key               = HMAC chain "AWS4"+secret -> date -> region -> service -> "aws4_request"

/// <summary>Signs requests for AWS.</summary>
internal sealed class AwsSignature(AwsIdentity identity, string region, string service)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The request with its date, session token and Authorization headers.</summary>
    public KeyRequest Sign(KeyRequest request, DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        List<KeyValuePair<string, string>> headers = [.. request.Headers, new("x-amz-date", time)];
        if (identity.SessionToken is { Length: > 0 } token)
        {
            headers.Add(new("x-amz-security-token", token));
        }

        var dated = request with { Headers = headers };
        var scope = $"{time[..8]}/{region}/{service}/aws4_request";
        var (canonical, signedNames) = Canonicalize(dated);
        var toSign = $"{Algorithm}\n{time}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(canonical))}";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(DeriveKey(time[..8]), Encoding.UTF8.GetBytes(toSign)));
        headers.Add(new("Authorization", $"{Algorithm} Credential={identity.AccessKeyId}/{scope}, SignedHeaders={signedNames}, Signature={signature}"));
        return dated with { Headers = headers };
    }

    internal static (string Canonical, string SignedNames) Canonicalize(KeyRequest request)
    {
        List<KeyValuePair<string, string>> signed = [new("host", request.Uri.Authority)];
        signed.AddRange(request.Headers.Select(header => KeyValuePair.Create(header.Key.ToLowerInvariant(), header.Value.Trim())));
        if (request.ContentType is not null)
        {
            signed.Add(new("content-type", request.ContentType));
        }

        signed.Sort((left, right) => string.CompareOrdinal(left.Key, right.Key));
        var names = string.Join(';', signed.Select(header => header.Key));
        var lines = string.Concat(signed.Select(header => $"{header.Key}:{header.Value}\n"));
        var query = request.Uri.Query.TrimStart('?'); // ours are sorted and encoded already
        return ($"{request.Method}\n{request.Uri.AbsolutePath}\n{query}\n{lines}\n{names}\n{Hash(request.Body.Span)}", names);
    }

    private byte[] DeriveKey(string date)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + identity.SecretAccessKey);
        foreach (var part in (string[])[date, region, service, "aws4_request"])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return key;
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
