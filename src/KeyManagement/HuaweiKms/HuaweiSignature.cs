using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.HuaweiKms;

// SDK-HMAC-SHA256 of Huawei Cloud's API gateway:
//   canonical request = METHOD LF path with a final slash LF sorted query LF (name:value LF)... LF signed names LF hex(SHA-256(body))
//   signature         = hex(HMAC-SHA256(secret, "SDK-HMAC-SHA256" LF time LF hex(SHA-256(canonical request))))

/// <summary>Signs requests for Huawei Cloud.</summary>
internal static class HuaweiSignature
{
    private const string Algorithm = "SDK-HMAC-SHA256";

    public static KeyRequest Sign(KeyRequest request, HuaweiIdentity identity, DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        List<KeyValuePair<string, string>> headers = [.. request.Headers, new("x-sdk-date", time)];
        if (identity.SecurityToken is { Length: > 0 } token)
        {
            headers.Add(new("x-security-token", token));
        }

        var dated = request with { Headers = headers };
        var (signature, names) = Compute(dated, identity.SecretKey, time);
        headers.Add(new("Authorization", $"{Algorithm} Access={identity.AccessKey}, SignedHeaders={names}, Signature={signature}"));
        return dated with { Headers = headers };
    }

    private static (string Signature, string SignedNames) Compute(KeyRequest request, string secretKey, string time)
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
        var path = request.Uri.AbsolutePath.TrimEnd('/') + "/";
        var canonical = $"{request.Method}\n{path}\n{request.Uri.Query.TrimStart('?')}\n{lines}\n{names}\n{Hash(request.Body.Span)}";
        var toSign = $"{Algorithm}\n{time}\n{Hash(Encoding.UTF8.GetBytes(canonical))}";
        return (Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secretKey), Encoding.UTF8.GetBytes(toSign))), names);
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
