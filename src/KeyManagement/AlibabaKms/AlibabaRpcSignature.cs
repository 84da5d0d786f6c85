using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.AlibabaKms;

// RPC signature 1.0: base64(HMAC-SHA1(secret + "&", METHOD & "%2F" & encode(sorted, encoded parameters))), sent as parameter "Signature".

/// <summary>The older signature of Alibaba Cloud's RPC-style APIs.</summary>
internal static class AlibabaRpcSignature
{
    public static KeyRequest Sign(AlibabaCall call, AlibabaIdentity identity, DateTimeOffset now)
    {
        Dictionary<string, string> parameters = new(call.Parameters)
        {
            ["Action"] = call.Action,
            ["Version"] = call.Version,
            ["Format"] = "JSON",
            ["AccessKeyId"] = identity.AccessKeyId,
            ["SignatureMethod"] = "HMAC-SHA1",
            ["SignatureVersion"] = "1.0",
            ["SignatureNonce"] = call.Nonce,
            ["Timestamp"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
        if (identity.SecurityToken is { Length: > 0 } token)
        {
            parameters["SecurityToken"] = token;
        }

        parameters["Signature"] = Compute("POST", parameters, identity.AccessKeySecret);
        return new KeyRequest(HttpMethod.Post, new Uri(call.Endpoint, "/?" + Rfc3986.Query(parameters)));
    }

    internal static string Compute(string method, IReadOnlyDictionary<string, string> parameters, string secret)
    {
        var toSign = $"{method}&%2F&{Rfc3986.Encode(Rfc3986.Query(parameters))}";
#pragma warning disable CA5350 // the protocol's choice; HMAC-SHA1 is not broken by collisions, and ACS3 is our default
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret + "&"), Encoding.UTF8.GetBytes(toSign)));
#pragma warning restore CA5350
    }
}
