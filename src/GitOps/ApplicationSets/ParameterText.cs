using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SecretsOps.GitOps.ApplicationSets;

/// <summary>The text forms that parameters take: flattened names, Go's printing of values, DNS-safe names.</summary>
internal static partial class ParameterText
{
    private const int MaximumNameLength = 253; // RFC 1123 subdomain

    /// <summary>Turns nested objects and lists into one level with dotted names and text values: <c>a.b</c>, <c>list.0</c>.</summary>
    public static JsonObject Flatten(JsonObject nested)
    {
        var flat = new JsonObject();
        AddFlat(flat, "", nested);
        return flat;
    }

    /// <summary>A scalar as Go's <c>fmt.Sprintf("%v")</c> prints what its JSON decoder makes of it.</summary>
    public static string Of(JsonNode? value) => value switch
    {
        null => "<nil>",
        JsonValue scalar when scalar.TryGetValue(out string? text) => text,
        JsonValue scalar when scalar.TryGetValue(out bool flag) => flag ? "true" : "false",
        JsonValue scalar when scalar.TryGetValue(out long whole) => whole.ToString(CultureInfo.InvariantCulture),
        _ => value.ToJsonString(),
    };

    /// <summary>Lower-cases, replaces what a DNS name may not hold by <c>-</c>, cuts at 253 characters and trims <c>-</c> and <c>.</c>.</summary>
    public static string Normalize(string name)
    {
        var safe = NotInDnsName().Replace(name.ToLowerInvariant(), "-");
        return safe[..Math.Min(safe.Length, MaximumNameLength)].Trim('-', '.');
    }

    private static void AddFlat(JsonObject flat, string prefix, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (key, value) in map)
                {
                    AddFlat(flat, prefix.Length == 0 ? key : $"{prefix}.{key}", value);
                }

                break;
            case JsonArray list:
                for (var index = 0; index < list.Count; index++)
                {
                    AddFlat(flat, string.Create(CultureInfo.InvariantCulture, $"{prefix}.{index}"), list[index]);
                }

                break;
            default:
                flat[prefix] = Of(node);
                break;
        }
    }

    [GeneratedRegex("[^-a-z0-9.]")]
    private static partial Regex NotInDnsName();
}
