using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Cli.Kubeseal;

/// <summary>Says what client-go says of an answer that is no success: scripts and users know these sentences.</summary>
internal static class ServerRefusal
{
    /// <summary>The server's own message where it sent a Status, else client-go's sentence for the code, with what was asked.</summary>
    internal static string Describe(ApiResponse response, HttpMethod method, string service)
    {
        if (TryParse(response.Body) is { } status && status["kind"]?.ToString() == "Status" && status["message"]?.ToString() is { Length: > 0 } message)
        {
            return message;
        }

        return $"{Sentence(response)} ({method.Method.ToLowerInvariant()} services {service})";
    }

    // Compatibility: k8s.io/apimachinery's NewGenericServerResponse; 403, 406 and 415 are the body itself.
    private static string Sentence(ApiResponse response) => response.Status switch
    {
        400 => "the server rejected our request for an unknown reason",
        401 => "the server has asked for the client to provide credentials",
        403 or 406 or 415 => Text(response),
        404 => "the server could not find the requested resource",
        405 => "the server does not allow this method on the requested resource",
        409 => "the server reported a conflict",
        422 => "the server rejected our request due to an error in our request",
        429 => "the server has received too many requests and has asked us to try again later",
        503 => "the server is currently unable to handle the request",
        504 => "the server was unable to return a response in the time allotted, but may still be processing the request",
        >= 500 => $"an error on the server ({GoQuoted(Text(response))}) has prevented the request from succeeding",
        var code => $"the server responded with the status code {code} but did not return more information",
    };

    private static string Text(ApiResponse response) =>
        response.ContentType.Length == 0 || response.ContentType.StartsWith("text/", StringComparison.Ordinal) ? Encoding.UTF8.GetString(response.Body).Trim() : "unknown";

    private static string GoQuoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    private static JsonObject? TryParse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
