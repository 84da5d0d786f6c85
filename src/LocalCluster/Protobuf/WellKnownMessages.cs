using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Protobuf;

/// <summary>The messages whose JSON is not a map of their fields.</summary>
internal static class WellKnownMessages
{
    private const long NanosecondsPerTick = 100;

    internal static JsonNode? Decode(string type, ReadOnlySpan<byte> bytes) => type switch
    {
        "time" => Time(bytes, "yyyy-MM-dd'T'HH:mm:ss'Z'"),
        "microTime" => Time(bytes, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"),
        "quantity" => Encoding.UTF8.GetString(First(bytes)),
        "intOrString" => IntOrString(bytes),
        "raw" => JsonNode.Parse(First(bytes)),
        "words" => Words(bytes),
        "duration" => Duration(bytes),
        _ => throw new FormatException($"the type '{type}' is not known"),
    };

    /// <summary>The bytes of field 1.</summary>
    private static ReadOnlySpan<byte> First(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        while (reader.Read(out var field))
        {
            if (field == 1)
            {
                return reader.Bytes;
            }
        }

        return default;
    }

    private static JsonValue? Time(ReadOnlySpan<byte> bytes, string format)
    {
        if (bytes.IsEmpty)
        {
            return null; // Go's zero time: none given
        }

        var (seconds, nanoseconds) = (0L, 0L);
        var reader = new WireReader(bytes);
        while (reader.Read(out var field))
        {
            (seconds, nanoseconds) = field == 1 ? (reader.Number, nanoseconds) : (seconds, reader.Number);
        }

        var time = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / NanosecondsPerTick);
        return JsonValue.Create(time.ToString(format, CultureInfo.InvariantCulture));
    }

    private static JsonValue IntOrString(ReadOnlySpan<byte> bytes)
    {
        var (isText, number, text) = (false, 0L, "");
        var reader = new WireReader(bytes);
        while (reader.Read(out var field))
        {
            switch (field)
            {
                case 1:
                    isText = reader.Number == 1;
                    break;
                case 2:
                    number = reader.Number;
                    break;
                case 3:
                    text = Encoding.UTF8.GetString(reader.Bytes);
                    break;
            }
        }

        return isText ? JsonValue.Create(text) : JsonValue.Create(number);
    }

    private static JsonArray Words(ReadOnlySpan<byte> bytes)
    {
        var words = new JsonArray();
        var reader = new WireReader(bytes);
        while (reader.Read(out _))
        {
            words.Add((JsonNode)Encoding.UTF8.GetString(reader.Bytes));
        }

        return words;
    }

    private static JsonValue Duration(ReadOnlySpan<byte> bytes)
    {
        var nanoseconds = 0L;
        var reader = new WireReader(bytes);
        while (reader.Read(out _))
        {
            nanoseconds = reader.Number;
        }

        return JsonValue.Create(string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e9}s"));
    }
}
