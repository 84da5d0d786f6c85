using System.Text;
using System.Text.Json;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores.Json;

/// <summary>Reads JSON into a tree with the types of sops.</summary>
internal static class JsonTreeReader
{
    /// <summary>Marks exceptions whose message is ours and holds no input.</summary>
    public const string OwnMessage = "SecretsOps.OwnMessage";

    // The largest integer up to which a float64 holds every integer exactly.
    private const long MaxExactFloat = 1L << 53;

    /// <exception cref="JsonException">The text is not JSON, or its top is not an object.</exception>
    public static TreeNode Read(ReadOnlyMemory<byte> content, int maxDepth, bool allowsAnyRoot)
    {
        if (content.Span.StartsWith("\uFEFF"u8))
        {
            content = content[3..];
        }

        var reader = new Utf8JsonReader(content.Span, new JsonReaderOptions { MaxDepth = maxDepth });
        if (!reader.Read())
        {
            throw Own("EOF");
        }

        if (reader.TokenType != JsonTokenType.StartObject && !allowsAnyRoot)
        {
            throw Own(reader.TokenType == JsonTokenType.StartArray
                ? "SOPS only supports JSON files with a top-level object (starting with '{'), not arrays or other types. Got delimiter [ instead. To encrypt this file, wrap it in an object, e.g., {\"data\": [...]}"
                : "SOPS only supports JSON files with a top-level object (starting with '{'), not arrays or other types.");
        }

        var root = ReadValue(ref reader, content);
        reader.Read();
        return root;
    }

    /// <summary>Reads a value with numbers as <c>set</c> gives them.</summary>
    public static TreeNode ReadValue(ref Utf8JsonReader reader, ReadOnlyMemory<byte> content)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var branch = new TreeBranch();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var key = Encoding.UTF8.GetString(ReadText(ref reader, content).Span);
                    reader.Read();
                    branch.Items.Add(new TreeItem(key, ReadValue(ref reader, content)));
                }

                return branch;
            case JsonTokenType.StartArray:
                var list = new TreeList();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    list.Elements.Add(ReadValue(ref reader, content));
                }

                return list;
            default:
                return ReadScalar(ref reader, content);
        }
    }

    private static TreeScalar ReadScalar(ref Utf8JsonReader reader, ReadOnlyMemory<byte> content) => reader.TokenType switch
    {
        JsonTokenType.String => new TreeScalar(TreeScalarKind.Text, ReadText(ref reader, content)),
        JsonTokenType.True => TreeScalar.OfTruth(true),
        JsonTokenType.False => TreeScalar.OfTruth(false),
        JsonTokenType.Number => ReadNumber(ref reader),
        _ => TreeScalar.Null,
    };

    private static ReadOnlyMemory<byte> ReadText(ref Utf8JsonReader reader, ReadOnlyMemory<byte> content)
    {
        if (!reader.ValueIsEscaped)
        {
            // No copy: the one value of a binary file may be most of its 140 MB.
            return content.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        }

        try
        {
            var buffer = new byte[reader.ValueSpan.Length];
            return buffer.AsMemory(0, reader.CopyString(buffer));
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate: Go puts the replacement character.
            return LenientText(reader.ValueSpan);
        }
    }

    private static byte[] LenientText(ReadOnlySpan<byte> escaped)
    {
        var text = new StringBuilder();
        var source = Encoding.UTF8.GetString(escaped);
        for (var at = 0; at < source.Length; at++)
        {
            if (source[at] != '\\')
            {
                text.Append(source[at]);
                continue;
            }

            at++;
            if (source[at] == 'u')
            {
                text.Append((char)Convert.ToInt32(source.Substring(at + 1, 4), 16));
                at += 4;
            }
            else
            {
                text.Append(source[at] switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', var other => other });
            }
        }

        // Encoding replaces the lone halves.
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <remarks>
    /// Compatibility: sops up to 3.13.1 reads every number as float64, 3.13.2 reads integers as int. We keep the float while it holds the integer exactly,
    /// so that files look alike to both, and take int beyond, so that no digit is lost.
    /// </remarks>
    private static TreeScalar ReadNumber(ref Utf8JsonReader reader)
    {
        if (reader.TryGetInt64(out var whole) && (whole > MaxExactFloat || whole < -MaxExactFloat))
        {
            return TreeScalar.OfNumber(whole);
        }

        return reader.TryGetDouble(out var number) && double.IsFinite(number) ? TreeScalar.OfNumber(number) : throw Own("a number is out of the range of 64-bit floating point");
    }

    private static JsonException Own(string message)
    {
        var failure = new JsonException(message);
        failure.Data[OwnMessage] = true;
        return failure;
    }
}
