using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Storage;

/// <summary>An object's JSON with a gap where its resourceVersion goes, which only the commit knows.</summary>
internal readonly struct UnstampedJson
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly byte[] _json;
    private readonly int _gap;

    private UnstampedJson(byte[] json, int gap)
    {
        _json = json;
        _gap = gap;
    }

    /// <summary>Serializes an object; whatever resourceVersion it carries is dropped.</summary>
    internal static UnstampedJson From(JsonObject root)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, Compact);
        var gap = -1;
        writer.WriteStartObject();
        foreach (var (name, value) in root)
        {
            writer.WritePropertyName(name);
            if (name == "metadata" && value is JsonObject metadata)
            {
                gap = WriteMetadata(writer, metadata);
            }
            else
            {
                WriteValue(writer, value);
            }
        }

        writer.WriteEndObject();
        writer.Flush();
        return gap >= 0 ? new(buffer.WrittenSpan.ToArray(), gap) : throw new ArgumentException("An object to store has metadata.", nameof(root));
    }

    /// <summary>The JSON with the revision in its place.</summary>
    internal byte[] Stamp(long revision)
    {
        Span<byte> digits = stackalloc byte[20];
        var length = Encoding.ASCII.GetBytes(revision.ToString(CultureInfo.InvariantCulture), digits);
        var stamped = new byte[_json.Length + length];
        _json.AsSpan(0, _gap).CopyTo(stamped);
        digits[..length].CopyTo(stamped.AsSpan(_gap));
        _json.AsSpan(_gap).CopyTo(stamped.AsSpan(_gap + length));
        return stamped;
    }

    private static int WriteMetadata(Utf8JsonWriter writer, JsonObject metadata)
    {
        writer.WriteStartObject();
        writer.WriteString("resourceVersion"u8, ""u8);
        var gap = checked((int)(writer.BytesCommitted + writer.BytesPending)) - 1;
        foreach (var (name, value) in metadata)
        {
            if (name != "resourceVersion")
            {
                writer.WritePropertyName(name);
                WriteValue(writer, value);
            }
        }

        writer.WriteEndObject();
        return gap;
    }

    private static void WriteValue(Utf8JsonWriter writer, JsonNode? value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            value.WriteTo(writer);
        }
    }
}
