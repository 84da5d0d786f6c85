using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>Whether a document can be read into a built-in kind's structures; worded as Go's JSON decoder words it.</summary>
internal static class GoDecoding
{
    private static readonly SearchValues<char> Base64Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/\r\n");

    /// <summary>The first value of another type than its field, or null.</summary>
    public static string? Problem(JsonObject body, StructuralSchema root, string kind) => InMap(body, root.Map!, kind, "");

    private static string? InMap(JsonObject map, MapShape shape, string structure, string path)
    {
        foreach (var (name, value) in map)
        {
            if (shape.Fields.GetValueOrDefault(name) is { } field && value is not null)
            {
                var below = path.Length == 0 ? name : $"{path}.{name}";
                if (InValue(value, field.Type, structure, below) is { } problem)
                {
                    return problem;
                }
            }
        }

        return null;
    }

    private static string? InValue(JsonNode value, StructuralSchema type, string structure, string path)
    {
        switch (value)
        {
            case JsonObject map when type is { Wire: WireType.None, Map: { Element: null } shape }:
                return InMap(map, shape, type.Name[(type.Name.LastIndexOf('.') + 1)..], path);
            case JsonObject map when type is { Wire: WireType.None, Map.Element: { } element }:
                return map.Select(pair => pair.Value).OfType<JsonNode>()
                    .Select(child => InValue(child, element, structure, path)).FirstOrDefault(problem => problem is not null);
            case JsonArray list when type is { Wire: WireType.None, List: { } shape }:
                return list.OfType<JsonNode>()
                    .Select(child => InValue(child, shape.Element, structure, path)).FirstOrDefault(problem => problem is not null);
            default:
                return Fits(value, type) ? null : Text(value, type, structure, path);
        }
    }

    private static bool Fits(JsonNode value, StructuralSchema type)
    {
        var kind = value.GetValueKind();
        return type.Wire switch
        {
            WireType.None => false,
            WireType.Bytes => kind is JsonValueKind.String && Base64Fault(value.ToString()) < 0,
            WireType.Text or WireType.Time or WireType.MicroTime => kind is JsonValueKind.String,
            WireType.Boolean => kind is JsonValueKind.True or JsonValueKind.False,
            WireType.Whole or WireType.LongWhole => kind is JsonValueKind.Number && value.ToJsonString().All(c => char.IsAsciiDigit(c) || c == '-'),
            WireType.Number => kind is JsonValueKind.Number,
            WireType.Quantity => kind is JsonValueKind.Number || (kind is JsonValueKind.String && Quantity.TryCanonical(value.ToString(), out _)),
            WireType.IntOrString => kind is JsonValueKind.Number or JsonValueKind.String,
            _ => true,
        };
    }

    /// <summary>Where base64 text goes wrong, or -1.</summary>
    private static int Base64Fault(string text)
    {
        if (Convert.TryFromBase64String(text, new byte[text.Length], out _))
        {
            return -1;
        }

        var letters = text.TrimEnd('=').Length;
        var fault = text.AsSpan(0, letters).IndexOfAnyExcept(Base64Letters);
        return fault >= 0 ? fault : letters < text.Length ? letters : text.Length / 4 * 4;
    }

    private static string Text(JsonNode value, StructuralSchema type, string structure, string path)
    {
        if (type.Wire is WireType.Bytes && value.GetValueKind() is JsonValueKind.String)
        {
            return $"illegal base64 data at input byte {Base64Fault(value.ToString())}";
        }

        if (type.Wire is WireType.Quantity && value.GetValueKind() is JsonValueKind.String)
        {
            return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
        }

        var found = value.GetValueKind() switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => type.Wire is WireType.Whole or WireType.LongWhole ? $"number {value.ToJsonString()}" : "number",
            _ => "bool",
        };
        return type.Wire is WireType.Time or WireType.MicroTime
            ? $"json: cannot unmarshal {found} into Go value of type string"
            : $"json: cannot unmarshal {found} into Go struct field {structure}.{path} of type {GoName(type)}";
    }

    private static string GoName(StructuralSchema type) => type switch
    {
        { Name.Length: > 0 } => type.Name[(type.Name.IndexOf('.', StringComparison.Ordinal) + 1)..],
        { List: { } list } => "[]" + GoName(list.Element),
        { Map.Element: { } element } => "map[string]" + GoName(element),
        { Wire: WireType.Boolean } => "bool",
        { Wire: WireType.Whole } => "int32",
        { Wire: WireType.LongWhole } => "int64",
        { Wire: WireType.Number } => "float64",
        { Wire: WireType.Bytes } => "[]uint8",
        _ => "string",
    };
}
