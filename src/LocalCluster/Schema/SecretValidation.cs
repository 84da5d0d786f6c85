using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>What is wrong with a Secret; values are never part of a message.</summary>
internal static class SecretValidation
{
    private const string Redacted = "\"<secret contents redacted>\"";

    /// <summary>Checks keys, size, and what the secret's type demands.</summary>
    public static IEnumerable<FieldError> Check(JsonObject secret)
    {
        var data = secret["data"] as JsonObject ?? [];
        var size = 0;
        var errors = BuiltInValidation.Data(data, "data", ref size).ToList();
        size = data.Sum(pair => Decoded(pair.Value).Length);
        errors.AddRange(BuiltInValidation.TooLarge("data", size));
        errors.AddRange(secret["type"]?.ToString() switch
        {
            "kubernetes.io/service-account-token" => Annotated(secret),
            "kubernetes.io/tls" => Demand(data, "tls.crt", "tls.key"),
            "kubernetes.io/ssh-auth" => Demand(data, "ssh-privatekey"),
            "kubernetes.io/basic-auth" => data.ContainsKey("username") || data.ContainsKey("password") ? [] : Demand(data, "username", "password"),
            "kubernetes.io/dockerconfigjson" => Docker(data, ".dockerconfigjson"),
            "kubernetes.io/dockercfg" => Docker(data, ".dockercfg"),
            _ => [],
        });
        return errors;
    }

    private static IEnumerable<FieldError> Demand(JsonObject data, params string[] keys) =>
        keys.Where(key => !data.ContainsKey(key)).Select(key => FieldError.Required($"data[{key}]"));

    private static IEnumerable<FieldError> Annotated(JsonObject secret) =>
        string.IsNullOrEmpty(secret["metadata"]?["annotations"]?["kubernetes.io/service-account.name"]?.ToString())
            ? [FieldError.Required("metadata.annotations[kubernetes.io/service-account.name]")]
            : [];

    private static IEnumerable<FieldError> Docker(JsonObject data, string key)
    {
        if (!data.ContainsKey(key))
        {
            return [FieldError.Required($"data[{key}]")];
        }

        try
        {
            using var document = JsonDocument.Parse(Decoded(data[key]));
            return [];
        }
        catch (JsonException)
        {
            var bytes = Decoded(data[key]);
            var why = bytes.Length == 0 ? "unexpected end of JSON input" : $"invalid character '{(char)bytes[0]}' looking for beginning of value";
            return [new(FieldErrorType.Invalid, $"data[{key}]", why) { BadValue = Redacted }];
        }
    }

    private static byte[] Decoded(JsonNode? value)
    {
        var text = value?.ToString() ?? "";
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out var length) ? buffer[..length] : [];
    }
}
