using System.Text.Json;

namespace SecretsOps.Kubernetes.Client;

/// <summary>One page of a list: walks <c>items</c> and copies each object's bytes, no tree in between.</summary>
internal readonly record struct ListPage(string ResourceVersion, string Continue)
{
    internal static ListPage Parse(ReadOnlySpan<byte> body, ObjectTrim trim, List<byte[]> items)
    {
        var reader = new Utf8JsonReader(body, ObjectTrim.ReaderOptions);
        var page = new ListPage("", "");
        var hasItems = false;
        Require(reader.Read() && reader.TokenType == JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMetadata = reader.ValueTextEquals("metadata");
            var isItems = reader.ValueTextEquals("items");
            reader.Read();
            if (isMetadata && reader.TokenType == JsonTokenType.StartObject)
            {
                page = ReadMetadata(ref reader);
            }
            else if (isItems)
            {
                hasItems = true;
                ReadItems(body, ref reader, trim, items);
            }
            else
            {
                reader.Skip();
            }
        }

        Require(hasItems);
        return page;
    }

    private static ListPage ReadMetadata(ref Utf8JsonReader reader)
    {
        var page = new ListPage("", "");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isVersion = reader.ValueTextEquals("resourceVersion");
            var isContinue = reader.ValueTextEquals("continue");
            reader.Read();
            if (isVersion)
            {
                page = page with { ResourceVersion = reader.GetString() ?? "" };
            }
            else if (isContinue)
            {
                page = page with { Continue = reader.GetString() ?? "" };
            }
            else
            {
                reader.Skip();
            }
        }

        return page;
    }

    private static void ReadItems(ReadOnlySpan<byte> body, ref Utf8JsonReader reader, ObjectTrim trim, List<byte[]> items)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return; // Go writes an empty slice as null
        }

        Require(reader.TokenType == JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            items.Add(trim.Copy(body[start..(int)reader.BytesConsumed]));
        }
    }

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new JsonException("expected a Kubernetes list");
        }
    }
}
