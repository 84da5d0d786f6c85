using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.Kubernetes.Client;

/// <summary>Turns refusals of the API server into <see cref="ApiException"/>.</summary>
internal static class StatusReader
{
    private const int LongestPlainText = 300;

    internal static ApiException ToException(string description, ApiResponse response)
    {
        var status = TryParse(response.Body);
        if (status is null || Text(status, "kind") != "Status")
        {
            var text = PlainText(response);
            return new ApiException($"{description} failed: {text} ({response.Status})", response.Status, "")
            {
                RetryAfter = response.RetryAfter,
                ServerMessage = text,
            };
        }

        return ToException(description, status, response.Status, response.RetryAfter);
    }

    internal static ApiException ToException(string description, JsonNode status, int httpStatus, TimeSpan? retryAfter)
    {
        var message = Text(status, "message");
        var reason = Text(status, "reason");
        var code = status["code"] is JsonValue value && value.TryGetValue(out int number) ? number : httpStatus;
        var wait = status["details"]?["retryAfterSeconds"] is JsonValue seconds && seconds.TryGetValue(out int delay) && delay > 0
            ? TimeSpan.FromSeconds(delay)
            : retryAfter;
        return new ApiException($"{description} failed: {message} ({code}{(reason.Length > 0 ? " " : "")}{reason})", code, reason)
        {
            RetryAfter = wait,
            ServerMessage = message,
            Causes = Causes(status),
        };
    }

    private static string[] Causes(JsonNode status)
    {
        return status["details"]?["causes"] is JsonArray causes
            ? causes.OfType<JsonObject>().Select(cause => $"{Text(cause, "field")}: {Text(cause, "message")}").ToArray()
            : [];
    }

    private static JsonObject? TryParse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null; // a proxy's page or plain text: PlainText shows it
        }
    }

    private static string PlainText(ApiResponse response)
    {
        var text = Encoding.UTF8.GetString(response.Body).Trim();
        if (text.Length == 0)
        {
            return response.ReasonPhrase.Length > 0 ? response.ReasonPhrase : "no explanation was given";
        }

        var line = text.ReplaceLineEndings(" ");
        return line.Length <= LongestPlainText ? line : line[..LongestPlainText] + "…";
    }

    private static string Text(JsonNode parent, string name) =>
        parent[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
