using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace SecretsOps.SealedSecrets;

/// <summary>Writes JSON byte for byte as Go's encoding/json does: its escapes, its indentation, members in the order they stand.</summary>
public static class GoJson
{
    /// <summary>Indented by two spaces, with one newline at the end: kubeseal's <c>-o json</c>.</summary>
    public static byte[] Indented(JsonNode? root) => Write(root, "  ");

    /// <summary>On one line, without a newline: the body of an HTTP answer.</summary>
    public static byte[] Compact(JsonNode? root) => Write(root, null);

    private static byte[] Write(JsonNode? root, string? indent)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        WriteNode(buffer, root, indent, 0);
        if (indent is not null)
        {
            buffer.Write("\n"u8);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteNode(ArrayBufferWriter<byte> buffer, JsonNode? node, string? indent, int depth)
    {
        switch (node)
        {
            case JsonObject map:
                WriteMembers(buffer, map, indent, depth);
                break;
            case JsonArray list:
                WriteItems(buffer, list, indent, depth);
                break;
            case JsonValue value when value.TryGetValue(out string? text):
                WriteText(buffer, text);
                break;
            default:
                buffer.Write(Encoding.UTF8.GetBytes(node?.ToJsonString() ?? "null"));
                break;
        }
    }

    private static void WriteMembers(ArrayBufferWriter<byte> buffer, JsonObject map, string? indent, int depth)
    {
        var isFirst = true;
        buffer.Write("{"u8);
        foreach (var (name, value) in map)
        {
            StartEntry(buffer, indent, depth + 1, isFirst);
            isFirst = false;
            WriteText(buffer, name);
            buffer.Write(indent is null ? ":"u8 : ": "u8);
            WriteNode(buffer, value, indent, depth + 1);
        }

        EndEntries(buffer, indent, depth, isFirst);
        buffer.Write("}"u8);
    }

    private static void WriteItems(ArrayBufferWriter<byte> buffer, JsonArray list, string? indent, int depth)
    {
        var isFirst = true;
        buffer.Write("["u8);
        foreach (var item in list)
        {
            StartEntry(buffer, indent, depth + 1, isFirst);
            isFirst = false;
            WriteNode(buffer, item, indent, depth + 1);
        }

        EndEntries(buffer, indent, depth, isFirst);
        buffer.Write("]"u8);
    }

    private static void StartEntry(ArrayBufferWriter<byte> buffer, string? indent, int depth, bool isFirst)
    {
        if (!isFirst)
        {
            buffer.Write(","u8);
        }

        NewLine(buffer, indent, depth);
    }

    private static void EndEntries(ArrayBufferWriter<byte> buffer, string? indent, int depth, bool isEmpty)
    {
        if (!isEmpty)
        {
            NewLine(buffer, indent, depth);
        }
    }

    private static void NewLine(ArrayBufferWriter<byte> buffer, string? indent, int depth)
    {
        if (indent is null)
        {
            return;
        }

        buffer.Write("\n"u8);
        for (var i = 0; i < depth; i++)
        {
            buffer.Write(Encoding.UTF8.GetBytes(indent));
        }
    }

    private static void WriteText(ArrayBufferWriter<byte> buffer, string text)
    {
        buffer.Write("\""u8);
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (Escape(text[i]) is { } escape)
            {
                WriteUtf8(buffer, text.AsSpan(start, i - start));
                WriteUtf8(buffer, escape);
                start = i + 1;
            }
        }

        WriteUtf8(buffer, text.AsSpan(start));
        buffer.Write("\""u8);
    }

    private static void WriteUtf8(ArrayBufferWriter<byte> buffer, ReadOnlySpan<char> text)
    {
        var length = Encoding.UTF8.GetBytes(text, buffer.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length)));
        buffer.Advance(length);
    }

    // Go escapes <, > and & so that JSON may stand in HTML, and the two line separators that JavaScript would trip over.
    private static string? Escape(char character) => character switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029' => "\\u" + ((int)character).ToString("x4", CultureInfo.InvariantCulture),
        _ => null,
    };
}
