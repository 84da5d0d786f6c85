using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.AlibabaKms;

// ACS3-HMAC-SHA256:
//   canonical request = METHOD LF path LF sorted query LF (name:value LF)... LF signed names LF hex(SHA-256(body))
//   signature         = hex(HMAC-SHA256(secret, "ACS3-HMAC-SHA256" LF hex(SHA-256(canonical request))))

/// <summary>The newer signature of Alibaba Cloud's APIs.</summary>
internal static class AlibabaAcs3Signature
{
    private const string Algorithm = "ACS3-HMAC-SHA256";

    public static KeyRequest Sign(AlibabaCall call, AlibabaIdentity identity, DateTimeOffset now)
    {
        List<KeyValuePair<string, string>> headers =
        [
            new("x-acs-action", call.Action),
            new("x-acs-content-sha256", Hash([])),
            new("x-acs-date", now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
            new("x-acs-signature-nonce", call.Nonce),
            new("x-acs-version", call.Version),
        ];
        if (identity.SecurityToken is { Length: > 0 } token)
        {
            headers.Add(new("x-acs-security-token", token));
        }

        var query = Rfc3986.Query(call.Parameters);
        var (hash, names) = HashCanonicalRequest("POST", "/", query, [new("host", call.Endpoint.Authority), .. headers], body: []);
        var signature = Compute(hash, identity.AccessKeySecret);
        headers.Add(new("Authorization", $"{Algorithm} Credential={identity.AccessKeyId},SignedHeaders={names},Signature={signature}"));
        return new KeyRequest(HttpMethod.Post, new Uri(call.Endpoint, "/?" + query)) { Headers = headers };
    }

    internal static (string Hash, string SignedNames) HashCanonicalRequest(
        string method, string path, string query, IEnumerable<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body)
    {
        var sorted = headers.OrderBy(header => header.Key, StringComparer.Ordinal).ToList();
        var names = string.Join(';', sorted.Select(header => header.Key));
        var lines = string.Concat(sorted.Select(header => $"{header.Key}:{header.Value.Trim()}\n"));
        return (Hash(Encoding.UTF8.GetBytes($"{method}\n{path}\n{query}\n{lines}\n{names}\n{Hash(body)}")), names);
    }

    internal static string Compute(string canonicalHash, string secret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{Algorithm}\n{canonicalHash}")));

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
