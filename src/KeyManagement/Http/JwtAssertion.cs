using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace SecretsOps.KeyManagement.Http;

/// <summary>A JSON Web Token signed with RSA (RFC 7519, RS256), by which a client proves its private key.</summary>
internal static class JwtAssertion
{
    public static string Sign(JsonObject header, JsonObject claims, RSA key)
    {
        header["alg"] = "RS256";
        header["typ"] = "JWT";
        var content = $"{Encode(header)}.{Encode(claims)}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{content}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}
