using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Authentication;

/// <summary>Issues and checks the tokens of service accounts: JSON Web Tokens, ES256 (RFC 7519, RFC 7518 §3.4).</summary>
internal sealed class ServiceAccountTokens(ECDsa key, ObjectStore store, TimeProvider time)
{
    internal const string Issuer = "https://kubernetes.default.svc.cluster.local";

    private const string Header = """{"alg":"ES256","typ":"JWT"}""";

    private readonly Lock _gate = new();

    internal string Issue(string @namespace, string name, string uid, IEnumerable<string> audiences, DateTimeOffset expires)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["aud"] = new JsonArray([.. audiences.Select(audience => JsonValue.Create(audience))]),
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["iat"] = now,
            ["iss"] = Issuer,
            ["jti"] = Guid.NewGuid().ToString(),
            ["kubernetes.io"] = new JsonObject
            {
                ["namespace"] = @namespace,
                ["serviceaccount"] = new JsonObject { ["name"] = name, ["uid"] = uid },
            },
            ["nbf"] = now,
            ["sub"] = $"system:serviceaccount:{@namespace}:{name}",
        };
        var signed = $"{Encode(System.Text.Encoding.UTF8.GetBytes(Header))}.{Encode(JsonResponse.Utf8(claims).Span)}";
        return $"{signed}.{Encode(Sign(signed))}";
    }

    /// <summary>The service account of a token, when it is signed, in time, for one of the audiences (none asked: the API server's), and the account is still there.</summary>
    internal (ClusterUser User, IReadOnlyList<string> Audiences)? TryAuthenticate(string token, IReadOnlyList<string> audiences)
    {
        var parts = token.Split('.');
        if (parts.Length != 3 || !IsSigned(parts) || ReadClaims(parts[1]) is not { } claims || Number(claims["exp"]) <= time.GetUtcNow().ToUnixTimeSeconds())
        {
            return null;
        }

        string[] wanted = audiences.Count == 0 ? [Issuer] : [.. audiences];
        string[] shared = [.. ((claims["aud"] as JsonArray) ?? []).Select(audience => audience?.GetValue<string>() ?? "").Where(wanted.Contains)];
        var bound = claims["kubernetes.io"];
        var (@namespace, name, uid) = (Text(bound?["namespace"]), Text(bound?["serviceaccount"]?["name"]), Text(bound?["serviceaccount"]?["uid"]));
        return shared.Length > 0 && Exists(@namespace, name, uid) ? (ClusterUser.ServiceAccount(@namespace, name, uid), shared) : null;
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    private byte[] Sign(string text)
    {
        lock (_gate)
        {
            return key.SignData(System.Text.Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256);
        }
    }

    private bool IsSigned(string[] parts)
    {
        var signature = new byte[parts[2].Length];
        if (!Base64Url.TryDecodeFromChars(parts[2], signature, out var length))
        {
            return false;
        }

        lock (_gate)
        {
            return key.VerifyData(System.Text.Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), signature.AsSpan(0, length), HashAlgorithmName.SHA256);
        }
    }

    private static JsonObject? ReadClaims(string part)
    {
        try
        {
            return JsonNode.Parse(Base64Url.DecodeFromChars(part)) as JsonObject;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }

    private bool Exists(string @namespace, string name, string uid) =>
        store.State.Find(new("/serviceaccounts", @namespace, name)) is { } account
        && JsonNode.Parse(account.Json.Span)!["metadata"]!["uid"]!.GetValue<string>() == uid;

    private static long Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out long number) ? number : 0;

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
