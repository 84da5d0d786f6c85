using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Http;

namespace SecretsOps.LocalCluster.Protobuf;

/// <summary>Reads objects in Kubernetes's protobuf form, which kubectl 1.33 and later send for built-in kinds; answers are always JSON.</summary>
/// <remarks>
/// Envelope: <c>k8s\0</c>, then <c>runtime.Unknown { 1: TypeMeta { 1: apiVersion, 2: kind }, 2: raw }</c>; raw is the object.
/// </remarks>
internal static class ProtobufDecoder
{
    internal const string MediaType = "application/vnd.kubernetes.protobuf";

    private const int DeepestNesting = 64;

    internal static JsonObject Decode(ReadOnlySpan<byte> body)
    {
        try
        {
            return body.StartsWith("k8s\0"u8) ? DecodeEnvelope(body[4..]) : throw new FormatException("the body has no k8s prefix");
        }
        catch (FormatException exception)
        {
            throw ApiErrors.BadRequest($"couldn't decode protobuf: {exception.Message}");
        }
    }

    private static JsonObject DecodeEnvelope(ReadOnlySpan<byte> envelope)
    {
        var (apiVersion, kind) = ("", "");
        ReadOnlySpan<byte> raw = default;
        var reader = new WireReader(envelope);
        while (reader.Read(out var field))
        {
            switch (field)
            {
                case 1:
                    (apiVersion, kind) = DecodeTypeMeta(reader.Bytes);
                    break;
                case 2:
                    raw = reader.Bytes;
                    break;
            }
        }

        var message = WireCatalog.Default.MessageOf(apiVersion, kind)
            ?? throw ApiErrors.UnsupportedMediaType("application/json, application/yaml");
        var result = new JsonObject { ["kind"] = kind, ["apiVersion"] = apiVersion };
        DecodeMessage(raw, message, result, 0);
        return result;
    }

    private static (string ApiVersion, string Kind) DecodeTypeMeta(ReadOnlySpan<byte> bytes)
    {
        var (apiVersion, kind) = ("", "");
        var reader = new WireReader(bytes);
        while (reader.Read(out var field))
        {
            var text = Encoding.UTF8.GetString(reader.Bytes);
            (apiVersion, kind) = field == 1 ? (text, kind) : (apiVersion, text);
        }

        return (apiVersion, kind);
    }

    private static void DecodeMessage(ReadOnlySpan<byte> bytes, string message, JsonObject target, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw new FormatException("messages are nested too deeply");
        }

        var fields = WireCatalog.Default.FieldsOf(message);
        var reader = new WireReader(bytes);
        while (reader.Read(out var number))
        {
            if (fields.TryGetValue(number, out var field))
            {
                DecodeField(ref reader, field, target, depth);
            }
        }
    }

    private static void DecodeField(ref WireReader reader, WireField field, JsonObject target, int depth)
    {
        if (field.Name.Length == 0)
        {
            DecodeMessage(reader.Bytes, field.Type[1..], target, depth + 1);
        }
        else if (field.Type.StartsWith("[]", StringComparison.Ordinal))
        {
            if (target[field.Name] is not JsonArray items)
            {
                target[field.Name] = items = [];
            }

            items.Add(DecodeValue(ref reader, field.Type[2..], depth));
        }
        else if (field.Type.StartsWith("{}", StringComparison.Ordinal))
        {
            DecodeEntry(reader.Bytes, field, target, depth);
        }
        else if (DecodeValue(ref reader, field.Type, depth) is { } value && (field.Zero == ZeroMeaning.Given || !IsZero(value)))
        {
            target[field.Name] = value;
        }
    }

    /// <summary>One entry of a map: a message of key 1 and value 2.</summary>
    private static void DecodeEntry(ReadOnlySpan<byte> bytes, WireField field, JsonObject target, int depth)
    {
        if (target[field.Name] is not JsonObject map)
        {
            target[field.Name] = map = [];
        }

        var key = "";
        JsonNode? value = null;
        var reader = new WireReader(bytes);
        while (reader.Read(out var number))
        {
            if (number == 1)
            {
                key = Encoding.UTF8.GetString(reader.Bytes);
            }
            else
            {
                value = DecodeValue(ref reader, field.Type[2..], depth);
            }
        }

        map[key] = value ?? "";
    }

    private static JsonNode? DecodeValue(ref WireReader reader, string type, int depth)
    {
        switch (type)
        {
            case "string":
                return Encoding.UTF8.GetString(reader.Bytes);
            case "int":
                return reader.Number;
            case "bool":
                return reader.Number != 0;
            case "double":
                return BitConverter.Int64BitsToDouble(reader.Number);
            case "bytes":
                return Convert.ToBase64String(reader.Bytes);
            case var _ when type.StartsWith('@'):
                var nested = new JsonObject();
                DecodeMessage(reader.Bytes, type[1..], nested, depth + 1);
                return nested;
            default:
                return WellKnownMessages.Decode(type, reader.Bytes);
        }
    }

    private static bool IsZero(JsonNode value) => value switch
    {
        JsonObject map => map.Count == 0,
        JsonValue scalar when scalar.TryGetValue(out string? text) => text.Length == 0,
        JsonValue scalar when scalar.TryGetValue(out long number) => number == 0,
        JsonValue scalar when scalar.TryGetValue(out bool flag) => !flag,
        _ => false,
    };
}
