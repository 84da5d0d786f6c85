using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.Kubernetes.Objects;

/// <summary>Reads JSON values that stand one after another, as kubectl accepts them.</summary>
internal static class JsonStream
{
    internal static List<YamlDocument> Read(ReadOnlySpan<byte> utf8, DuplicateKeys duplicateKeys)
    {
        var documents = new List<YamlDocument>();
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = KubernetesObject.MaxDepth, AllowMultipleValues = true });
        var options = new JsonDocumentOptions { MaxDepth = KubernetesObject.MaxDepth, AllowDuplicateProperties = false };
        while (reader.Read())
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var value = utf8[start..(int)reader.BytesConsumed];
            var line = utf8[..start].Count((byte)'\n') + 1;
            var root = duplicateKeys == DuplicateKeys.Reject ? JsonNode.Parse(value, documentOptions: options) : LastWins(value);
            documents.Add(new YamlDocument(root, documents.Count + 1, line));
        }

        return documents;
    }

    /// <summary>The parser's reason without its own line count and without the offending text.</summary>
    internal static string Sentence(JsonException e)
    {
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return "the text is not JSON: " + (end < 0 ? e.Message : e.Message[..end]).TrimEnd('.');
    }

    private static JsonNode? LastWins(ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = KubernetesObject.MaxDepth });
        reader.Read();
        return Build(ref reader);
    }

    private static JsonNode? Build(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            var array = new JsonArray();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                array.Add(Build(ref reader));
            }

            return array;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return JsonNode.Parse(ref reader);
        }

        var result = new JsonObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            result[name] = Build(ref reader);
        }

        return result;
    }
}
