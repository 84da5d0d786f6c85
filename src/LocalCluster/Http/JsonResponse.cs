using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace SecretsOps.LocalCluster.Http;

/// <summary>Writes JSON answers.</summary>
internal static class JsonResponse
{
    internal const string MediaType = "application/json";

    internal static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static Task WriteAsync(HttpContext context, int code, JsonNode body) => WriteAsync(context, code, Utf8(body), MediaType);

    internal static async Task WriteAsync(HttpContext context, int code, ReadOnlyMemory<byte> body, string mediaType)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = mediaType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    internal static ReadOnlyMemory<byte> Utf8(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, Compact);
        node.WriteTo(writer);
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
