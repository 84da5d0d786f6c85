using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Patching;

/// <summary>What a value is treated as while two typed values are walked side by side.</summary>
internal enum Treatment
{
    /// <summary>As a map.</summary>
    Map,

    /// <summary>As a scalar.</summary>
    Scalar,

    /// <summary>As a list.</summary>
    List,
}

/// <summary>A value that may be absent; JSON's null is a value.</summary>
internal readonly record struct Slot(bool IsPresent, JsonNode? Node)
{
    /// <summary>No value.</summary>
    public static Slot Absent => default;

    /// <summary>The map, or null when absent or of another form.</summary>
    public JsonObject? AsMap => Node as JsonObject;

    /// <summary>The list, or null when absent or of another form.</summary>
    public JsonArray? AsList => Node as JsonArray;

    /// <summary>A present value.</summary>
    public static Slot Of(JsonNode? node) => new(true, node);

    /// <summary>The value of a field.</summary>
    public static Slot In(JsonObject? map, string field) =>
        map is not null && map.TryGetPropertyValue(field, out var node) ? Of(node) : Absent;
}

/// <summary>What a value means under a schema: how it is treated, and which path element names an element of a list.</summary>
internal static class TypedValue
{
    /// <summary>How a value is treated: by its own form where the type allows it, else map before scalar before list.</summary>
    public static Treatment TreatmentOf(StructuralSchema schema, JsonNode? value) => value switch
    {
        JsonObject when schema.Map is not null => Treatment.Map,
        JsonArray when schema.List is not null => Treatment.List,
        JsonValue when schema.Wire is not WireType.None => Treatment.Scalar,
        _ when schema.Map is not null => Treatment.Map,
        _ when schema.Wire is not WireType.None => Treatment.Scalar,
        _ => Treatment.List,
    };

    /// <summary>The path element of a list's element; null with a reason when it has none.</summary>
    public static PathElement? ElementOf(ListShape list, JsonNode? item, out string problem)
    {
        problem = "";
        if (list.Type is ListType.Map)
        {
            return KeyedElement(list, item, out problem);
        }

        problem = item switch
        {
            JsonObject => "associative list without keys has an element that's a map type",
            JsonArray => "not supported: associative list with lists as elements",
            null => "associative list without keys has an element that's an explicit null",
            _ => "",
        };
        return problem.Length == 0 ? PathElement.Value(item!) : null;
    }

    /// <summary>Whether two values are equal as JSON: key order and number spelling do not matter.</summary>
    public static bool AreEqual(JsonNode? left, JsonNode? right) => JsonNode.DeepEquals(left, right);

    /// <summary>Whether a value fits a scalar type as structured merge sees it.</summary>
    public static bool FitsScalar(WireType wire, JsonNode? value, out string problem)
    {
        var kind = value?.GetValueKind() ?? JsonValueKind.Null;
        var isScalar = kind is JsonValueKind.Number or JsonValueKind.String or JsonValueKind.True or JsonValueKind.False;
        problem = wire switch
        {
            _ when kind is JsonValueKind.Null => "",
            WireType.Whole or WireType.LongWhole or WireType.Number when kind is not JsonValueKind.Number =>
                $"expected numeric (int or float), got {GoType(value)}",
            WireType.Boolean when kind is not (JsonValueKind.True or JsonValueKind.False) => $"expected boolean, got &{{{GoText.Of(value)}}}",
            WireType.Text or WireType.Bytes when kind is not JsonValueKind.String => $"expected string, got {GoLiteral(value)}",
            _ when !isScalar => $"expected any scalar, got {FieldError.Show(value)}",
            _ => "",
        };
        return problem.Length == 0;
    }

    private static PathElement? KeyedElement(ListShape list, JsonNode? item, out string problem)
    {
        problem = item is null
            ? "associative list with keys may not have a null element"
            : "associative list with keys may not have non-map elements";
        if (item is not JsonObject map)
        {
            return null;
        }

        var keys = new List<(string Name, JsonNode? Value)>();
        foreach (var key in list.Keys)
        {
            if (map.TryGetPropertyValue(key, out var value))
            {
                keys.Add((key, value));
            }
            else if (list.Element.Map?.Fields.GetValueOrDefault(key)?.KeyDefault is { } fallback)
            {
                keys.Add((key, fallback));
            }
        }

        problem = keys.Count > 0
            ? ""
            : "associative list with keys has an element that omits all key fields ["
              + string.Join(" ", list.Keys.Select(key => $"\"{key}\"")) + "] (and doesn't have default values for any key fields)";
        return keys.Count > 0 ? PathElement.Key(keys) : null;
    }

    private static string GoType(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Object => "map[string]interface {}",
        _ => "[]interface {}",
    };

    private static string GoLiteral(JsonNode? value) => $"&value.valueUnstructured{{Value:{FieldError.Show(value)}}}";
}
