using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.LocalCluster.Protobuf;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Http;

/// <summary>Reads what a client sends, JSON or YAML, within upstream's size limit.</summary>
internal static class RequestBody
{
    private const int LargestBody = 3 << 20;

    /// <summary>The media type without its parameters.</summary>
    internal static string MediaType(HttpRequest request) => (request.ContentType ?? "").Split(';')[0].Trim();

    internal static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16384];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            buffer.Write(chunk, 0, read);
            if (buffer.Length > LargestBody)
            {
                throw new StatusException(413, "RequestEntityTooLarge", $"Request entity too large: limit is {LargestBody}");
            }
        }

        return buffer.ToArray();
    }

    /// <summary>The one object in the body.</summary>
    internal static async Task<JsonObject> ReadObjectAsync(HttpRequest request, CancellationToken cancellationToken) =>
        (await ReadWithBytesAsync(request, cancellationToken)).Object;

    /// <summary>The one object in the body, and its JSON as sent (empty when it was not JSON).</summary>
    internal static async Task<(JsonObject Object, ReadOnlyMemory<byte> Json)> ReadWithBytesAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var bytes = await ReadAsync(request, cancellationToken);
        return MediaType(request) switch
        {
            "" or "application/json" => (ParseObject(bytes), bytes),
            "application/yaml" => (ParseYaml(bytes), default),
            ProtobufDecoder.MediaType => (ProtobufDecoder.Decode(bytes), default),
            _ => throw ApiErrors.UnsupportedMediaType($"application/json, application/yaml, {ProtobufDecoder.MediaType}"),
        };
    }

    internal static JsonObject ParseObject(ReadOnlySpan<byte> json)
    {
        try
        {
            return FieldValidation.Parse(json) as JsonObject ?? throw ApiErrors.BadRequest("couldn't get version/kind; json parse error: the body is not a JSON object");
        }
        catch (JsonException)
        {
            // The parser's own message may quote the body, which may be a Secret.
            throw ApiErrors.BadRequest("couldn't get version/kind; json parse error: the body is not valid JSON");
        }
    }

    internal static JsonObject ParseYaml(byte[] yaml)
    {
        try
        {
            return YamlText.ToJson(yaml, "request body", DuplicateKeys.LastWins) is [{ Root: JsonObject root }]
                ? root
                : throw ApiErrors.BadRequest("error decoding YAML: the body is not one object");
        }
        catch (ManifestException)
        {
            throw ApiErrors.BadRequest("error decoding YAML: the body is not valid YAML");
        }
    }
}
