using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.GitOps;

/// <summary>Digests that tell whether content changed without telling what it is: HMAC under a key that lives as long as the process.</summary>
internal sealed class KeyedDigest
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>The digest of a JSON value; the order of members does not count.</summary>
    public string Of(JsonNode? node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, node);
        }

        var bytes = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
        var digest = Convert.ToBase64String(HMACSHA256.HashData(_key, bytes).AsSpan(0, 18));
        CryptographicOperations.ZeroMemory(buffer.GetBuffer());
        return digest;
    }

    private static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject json:
                writer.WriteStartObject();
                foreach (var (name, value) in json.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(name);
                    Write(writer, value);
                }

                writer.WriteEndObject();
                break;
            case JsonArray array:
                writer.WriteStartArray();
                foreach (var item in array)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }
}
