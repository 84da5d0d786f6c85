using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Patching;

/// <summary>The fields of one value: which paths it sets, whether it fits its type, and what is left when paths are removed.</summary>
internal static class TypedWalks
{
    /// <summary>The paths a configuration sets.</summary>
    public static FieldSet FieldsOf(JsonNode value, StructuralSchema schema)
    {
        var set = new FieldSet();
        Collect(value, schema, FieldPath.Root, set);
        return set;
    }

    /// <summary>Every reason why a value does not fit its type.</summary>
    public static List<string> Misfits(JsonNode? value, StructuralSchema schema)
    {
        var found = new List<string>();
        Misfit(value, schema, FieldPath.Root, found);
        return found;
    }

    /// <summary>The value without the given paths; null when nothing is left.</summary>
    public static JsonNode? Remove(JsonNode? value, FieldSet removed, StructuralSchema schema) =>
        TypedValue.TreatmentOf(schema, value) switch
        {
            Treatment.Scalar => value?.DeepClone(),
            Treatment.Map when value is JsonObject { Count: > 0 } map && !schema.Map!.IsAtomic => RemoveFromMap(map, removed, schema.Map),
            Treatment.List when value is JsonArray { Count: > 0 } list && schema.List!.Type is not ListType.Atomic =>
                RemoveFromList(list, removed, schema.List),
            _ => null,
        };

    private static void Collect(JsonNode? value, StructuralSchema schema, FieldPath path, FieldSet set)
    {
        var treatment = TypedValue.TreatmentOf(schema, value);
        var isAtomic = treatment switch
        {
            Treatment.Map => schema.Map!.IsAtomic,
            Treatment.List => schema.List!.Type is ListType.Atomic,
            _ => true,
        };
        if (isAtomic)
        {
            set.Insert(path);
        }
        else if (treatment is Treatment.Map && value is JsonObject map)
        {
            CollectMap(map, schema.Map!, path, set);
        }
        else if (treatment is Treatment.List && value is JsonArray list)
        {
            CollectList(list, schema.List!, path, set);
        }
    }

    private static void CollectMap(JsonObject map, MapShape shape, FieldPath path, FieldSet set)
    {
        foreach (var (name, child) in map)
        {
            var below = path.Then(PathElement.Field(name));
            Collect(child, shape.TypeOf(name), below, set);
            if (child is null or JsonObject { Count: 0 } || !shape.Fields.ContainsKey(name))
            {
                set.Insert(below);
            }
        }
    }

    private static void CollectList(JsonArray list, ListShape shape, FieldPath path, FieldSet set)
    {
        var items = list.Select(item => (Item: item, Element: TypedValue.ElementOf(shape, item, out _)))
            .Where(pair => pair.Element is not null)
            .GroupBy(pair => pair.Element!.Value);
        foreach (var same in items)
        {
            var below = path.Then(same.Key);
            if (same.Count() == 1)
            {
                Collect(same.First().Item, shape.Element, below, set);
            }

            set.Insert(below);
        }
    }

    private static void Misfit(JsonNode? value, StructuralSchema schema, FieldPath path, List<string> found)
    {
        var treatment = TypedValue.TreatmentOf(schema, value);
        var problem = treatment switch
        {
            Treatment.Scalar => TypedValue.FitsScalar(schema.Wire, value, out var reason) ? null : reason,
            Treatment.Map when value is not (null or JsonObject) => $"expected map, got &{{{GoText.Of(value)}}}",
            Treatment.List when value is not (null or JsonArray) => $"expected list, got &{{{GoText.Of(value)}}}",
            _ => null,
        };
        if (problem is not null)
        {
            found.Add(path.Parent is null ? problem : $"{path}: {problem}");
        }
        else if (value is JsonObject map && treatment is Treatment.Map)
        {
            MisfitInMap(map, schema.Map!, path, found);
        }
        else if (value is JsonArray list && treatment is Treatment.List)
        {
            MisfitInList(list, schema.List!, path, found);
        }
    }

    private static void MisfitInMap(JsonObject map, MapShape shape, FieldPath path, List<string> found)
    {
        foreach (var (name, child) in map)
        {
            var below = path.Then(PathElement.Field(name));
            if (!shape.Fields.ContainsKey(name) && shape.Element is null)
            {
                found.Add($"{below}: field not declared in schema");
                return;
            }

            Misfit(child, shape.TypeOf(name), below, found);
        }
    }

    private static void MisfitInList(JsonArray list, ListShape shape, FieldPath path, List<string> found)
    {
        var seen = new HashSet<PathElement>();
        for (var i = 0; i < list.Count; i++)
        {
            PathElement? element = new PathElement($"i:{i}");
            if (shape.Type is not ListType.Atomic)
            {
                element = TypedValue.ElementOf(shape, list[i], out var reason);
                if (element is null)
                {
                    found.Add($"{path}: element {i}: {reason}");
                    return;
                }

                if (!seen.Add(element.Value))
                {
                    found.Add($"{path}: duplicate entries for key {element}");
                }
            }

            Misfit(list[i], shape.Element, path.Then(element!.Value), found);
        }
    }

    private static JsonObject? RemoveFromMap(JsonObject map, FieldSet removed, MapShape shape)
    {
        var result = new JsonObject();
        var touched = false;
        foreach (var (name, child) in map)
        {
            var element = PathElement.Field(name);
            if (removed.Has(element))
            {
                continue;
            }

            var below = removed.Below(element);
            touched |= below is not null;
            result[name] = below is null ? child?.DeepClone() : RemoveBelow(child, below, shape.TypeOf(name));
        }

        return result.Count > 0 || touched ? result : null;
    }

    private static JsonArray? RemoveFromList(JsonArray list, FieldSet removed, ListShape shape)
    {
        var result = new JsonArray();
        var touched = false;
        foreach (var item in list)
        {
            var element = TypedValue.ElementOf(shape, item, out _);
            if (element is { } known && removed.Has(known))
            {
                continue;
            }

            var below = element is { } path ? removed.Below(path) : null;
            touched |= below is not null;
            result.Add(below is null ? item?.DeepClone() : RemoveBelow(item, below, shape.Element));
        }

        return result.Count > 0 || touched ? result : null;
    }

    /// <summary>What was a map or a list stays one, even when emptied.</summary>
    private static JsonNode? RemoveBelow(JsonNode? value, FieldSet removed, StructuralSchema schema) =>
        Remove(value, removed, schema) ?? value switch { JsonObject => new JsonObject(), JsonArray => new JsonArray(), _ => null };
}
