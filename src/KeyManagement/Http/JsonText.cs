using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.KeyManagement.Http;

/// <summary>Reads texts out of answers that may have any shape.</summary>
internal static class JsonText
{
    // A member twice would come out as an ArgumentException at its first use, far from here.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads JSON of which no member stands twice.</summary>
    /// <exception cref="JsonException">It is malformed; the message may quote it.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8) => JsonNode.Parse(utf8, nodeOptions: null, Strict);

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte})"/>
    public static JsonNode? Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    /// <summary>The text at a path of member names, or <c>null</c>.</summary>
    public static string? Find(JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            node = (node as JsonObject)?[name];
        }

        return node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
    }

    /// <summary>The text at a path, which must be there.</summary>
    /// <exception cref="KeyBackendException">It is not.</exception>
    public static string Get(JsonNode? node, params ReadOnlySpan<string> path) =>
        Find(node, path) ?? throw new KeyBackendException($"the service's answer has no '{string.Join('.', path!)}'");

    /// <summary>A wrapped key at a path, in the service's own writing, which goes into files as it is.</summary>
    /// <exception cref="KeyBackendException">It is not there, or holds blanks or what is not ASCII: no service writes so.</exception>
    public static string GetWrappedKey(JsonNode? node, params ReadOnlySpan<string> path)
    {
        var text = Get(node, path);
        return text.All(character => character is > ' ' and <= '~') ? text : throw new KeyBackendException($"the '{string.Join('.', path!)}' in the service's answer is no wrapped key", "check that the endpoint is the service's");
    }

    /// <summary>The number at a path, also where it stands as a text; <c>null</c> when there is none.</summary>
    public static double? FindNumber(JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            node = (node as JsonObject)?[name];
        }

        return node is JsonValue && double.TryParse(node.ToString(), CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
    }

    /// <summary>Bytes in base64 at a path; the answer's own copies of a data key cannot be wiped and are left to the collector.</summary>
    /// <exception cref="KeyBackendException">They are not there or not base64.</exception>
    public static byte[] GetBase64(JsonNode? node, params ReadOnlySpan<string> path)
    {
        try
        {
            return Convert.FromBase64String(Get(node, path));
        }
        catch (FormatException failure)
        {
            throw new KeyBackendException($"the '{string.Join('.', path!)}' in the service's answer is not base64", innerException: failure);
        }
    }
}
