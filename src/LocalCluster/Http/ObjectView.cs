using System.Buffers;
using System.Text.Json;
using SecretsOps.LocalCluster.Kinds;

namespace SecretsOps.LocalCluster.Http;

/// <summary>An object's JSON in the version and form a client asked for.</summary>
internal static class ObjectView
{
    /// <summary>The object in the version of a kind; custom kinds differ in <c>apiVersion</c> only (conversion strategy None).</summary>
    internal static ReadOnlyMemory<byte> InVersion(ResourceKind kind, ReadOnlyMemory<byte> json)
    {
        if (kind.Custom is null || ApiVersionIs(json.Span, kind.Gvk.ApiVersion))
        {
            return json;
        }

        var converted = RequestBody.ParseObject(json.Span);
        converted["apiVersion"] = kind.Gvk.ApiVersion;
        return JsonResponse.Utf8(converted);
    }

    /// <summary>The object reduced to its metadata.</summary>
    internal static ReadOnlyMemory<byte> MetadataOnly(ReadOnlyMemory<byte> json)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        buffer.Write("""{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":"""u8);
        buffer.Write(MetadataOf(json.Span));
        buffer.Write("}"u8);
        return buffer.WrittenMemory;
    }

    /// <summary>The bytes of <c>metadata</c>.</summary>
    internal static ReadOnlySpan<byte> MetadataOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMetadata = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isMetadata)
            {
                return json[start..(int)reader.BytesConsumed];
            }
        }

        return "{}"u8;
    }

    private static bool ApiVersionIs(ReadOnlySpan<byte> json, string apiVersion)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isApiVersion = reader.ValueTextEquals("apiVersion"u8);
            reader.Read();
            if (isApiVersion)
            {
                return reader.ValueTextEquals(apiVersion);
            }

            reader.Skip();
        }

        return false;
    }
}
