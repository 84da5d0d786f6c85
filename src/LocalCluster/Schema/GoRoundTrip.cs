using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>What a built-in object looks like after the API server has read and written it once.</summary>
/// <remarks>
/// The server holds built-in kinds in typed structures: unknown fields vanish, empty values that are marked "omit" vanish, structures
/// that are not pointers appear even when nobody set them, quantities and times take their canonical spelling.
/// </remarks>
internal static class GoRoundTrip
{
    /// <summary>Rewrites an object in place.</summary>
    public static void Normalize(JsonObject map, StructuralSchema schema)
    {
        if (schema.Map is not { Element: null } shape)
        {
            return;
        }

        foreach (var name in map.Select(pair => pair.Key).Where(name => !shape.Fields.ContainsKey(name)).ToList())
        {
            map.Remove(name);
        }

        foreach (var field in shape.Fields.Values)
        {
            NormalizeField(map, field);
        }
    }

    /// <summary>Whether a value is what Go calls empty for its type.</summary>
    private static bool IsEmpty(JsonNode? value) => value switch
    {
        null => true,
        JsonArray list => list.Count == 0,
        JsonObject map => map.Count == 0,
        _ => value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>().Length == 0,
            JsonValueKind.Number => value.ToJsonString() is "0" or "0.0" or "-0",
            JsonValueKind.False => true,
            _ => false,
        },
    };

    private static void NormalizeField(JsonObject map, SchemaField field)
    {
        var isPresent = map.TryGetPropertyValue(field.Name, out var value);
        var isStruct = field.Type.Map is { Element: null };
        if (value is null && isStruct && !field.Go.HasFlag(GoField.Pointer) && !IsSelfDescribing(field))
        {
            value = new JsonObject();
            map[field.Name] = value;
        }

        if (value is not null)
        {
            map[field.Name] = value = Canonical(value, field.Type);
        }

        if (!Keeps(field, value, isStruct))
        {
            map.Remove(field.Name);
        }
        else if (value is null && !isPresent)
        {
            map[field.Name] = Zero(field);
        }
        else if (value is null && field.Type is { List: null, Map: null } && !field.Go.HasFlag(GoField.Pointer))
        {
            map[field.Name] = Zero(field);
        }
    }

    /// <summary>Types that encode themselves: their zero is null, whatever they hold.</summary>
    private static bool IsSelfDescribing(SchemaField field) => field.Type.Wire is not WireType.None;

    private static bool Keeps(SchemaField field, JsonNode? value, bool isStruct)
    {
        var go = field.Go;
        if (go.HasFlag(GoField.OmitZero))
        {
            return go.HasFlag(GoField.Pointer) ? value is not null : !IsEmpty(value);
        }

        if (!go.HasFlag(GoField.OmitEmpty) || (field.Name == "managedFields" && value is not null))
        {
            // An empty list of managers says something until it is acted on: forget them all.
            return true;
        }

        if (go.HasFlag(GoField.Pointer))
        {
            return value is not null;
        }

        return isStruct || field.Type.Wire is WireType.IntOrString or WireType.Quantity or WireType.Time or WireType.MicroTime || !IsEmpty(value);
    }

    /// <summary>What is written for a field that is absent and never left out.</summary>
    private static JsonNode? Zero(SchemaField field) => field.Go.HasFlag(GoField.Pointer) ? null : field.Type.Wire switch
    {
        WireType.Text => "",
        WireType.Boolean => false,
        WireType.Whole or WireType.LongWhole or WireType.Number or WireType.IntOrString => 0,
        WireType.Quantity => "0",
        _ => null,
    };

    private static JsonNode? Canonical(JsonNode value, StructuralSchema type)
    {
        switch (value)
        {
            case JsonObject map when type.Map is { Element: null }:
                Normalize(map, type);
                return map;
            case JsonObject map when type.Map is { Element: { } element } && type.Wire is WireType.None:
                foreach (var (name, child) in map.ToList())
                {
                    map[name] = child is null ? ZeroOf(element) : Detached(Canonical(child, element), child);
                }

                return map;
            case JsonArray list when type.List is { } shape && type.Wire is WireType.None:
                for (var i = 0; i < list.Count; i++)
                {
                    var item = list[i] ?? (shape.Element.Map is { Element: null } ? new JsonObject() : ZeroOf(shape.Element));
                    list[i] = item is null ? null : Detached(Canonical(item, shape.Element), item);
                }

                return list;
            case JsonValue scalar:
                return CanonicalScalar(scalar, type.Wire);
            default:
                return value;
        }
    }

    /// <summary>A node may have one parent only; an unchanged one is put back where it was.</summary>
    private static JsonNode? Detached(JsonNode? canonical, JsonNode original) =>
        ReferenceEquals(canonical, original) ? canonical!.Parent is null ? canonical : canonical.DeepClone() : canonical;

    private static JsonNode? ZeroOf(StructuralSchema type) => Zero(new SchemaField("", type));

    private static JsonNode CanonicalScalar(JsonValue value, WireType wire) => wire switch
    {
        WireType.Quantity => Quantity.TryCanonical(value.ToString(), out var quantity) ? quantity : value,
        WireType.Time when TryTime(value, out var time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        WireType.MicroTime when TryTime(value, out var time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
        _ => value,
    };

    private static bool TryTime(JsonValue value, out DateTime time)
    {
        var isTime = DateTimeOffset.TryParse(value.ToString(), CultureInfo.InvariantCulture, out var parsed);
        time = parsed.UtcDateTime;
        return isTime;
    }
}
