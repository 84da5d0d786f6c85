using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Patching;

/// <summary>Kubernetes' strategic merge patch: like a merge patch, but lists merge by the key the kind's types name.</summary>
/// <remarks>
/// Directives: <c>$patch: delete|replace|merge</c> in a map or a list's element, <c>$retainKeys</c>, <c>$setElementOrder/list</c>,
/// <c>$deleteFromPrimitiveList/list</c>.
/// </remarks>
public static class StrategicMergePatch
{
    internal const string Directive = "$patch";
    internal const string RetainKeys = "$retainKeys";
    internal const string SetOrder = "$setElementOrder/";
    internal const string DeleteFromPrimitives = "$deleteFromPrimitiveList/";

    /// <summary>The patched object; the arguments are not changed.</summary>
    /// <exception cref="ApiRejectionException">The patch does not fit the object.</exception>
    public static JsonObject Apply(JsonObject live, JsonObject patch, StructuralSchema schema)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(patch);
        ArgumentNullException.ThrowIfNull(schema);
        return MergeMap((JsonObject)live.DeepClone(), patch, schema) ?? [];
    }

    /// <summary>Merges a map; null when the patch deletes it.</summary>
    internal static JsonObject? MergeMap(JsonObject live, JsonObject patch, StructuralSchema schema)
    {
        switch (TextOf(patch, Directive))
        {
            case "replace":
                return Added(patch.Where(pair => pair.Key != Directive), schema);
            case "delete":
                return [];
            case null or "merge":
                break;
            case { } other:
                throw ApiRejectionException.UntypedConfiguration($"unknown patch type: {other} in map: {GoText.Of(patch)}");
        }

        Retain(live, patch);
        foreach (var (name, change) in patch.Where(pair => !IsDirective(pair.Key)))
        {
            MergeField(live, patch, name, change, schema);
        }

        foreach (var (name, _) in patch.Where(pair => !patch.ContainsKey(ListNamed(pair.Key))))
        {
            ReorderUntouched(live, patch, name, schema);
        }

        return live;
    }

    internal static ApiRejectionException Misfit(JsonNode? patch, string problem) =>
        ApiRejectionException.InvalidPatch(GoText.Of(patch), problem);

    internal static string? TextOf(JsonObject map, string name) =>
        map[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>What a patch adds where nothing was: directives do not become part of the object.</summary>
    internal static JsonNode? WithoutDirectives(JsonNode? patch, StructuralSchema schema) => patch switch
    {
        JsonObject map when TextOf(map, Directive) == "delete" => new JsonObject(),
        JsonObject map => Added(map.Where(pair => !IsDirective(pair.Key)), schema),
        JsonArray list => new JsonArray([.. list
            .Where(item => item is not JsonObject map || TextOf(map, Directive) is null or "merge")
            .Select(item => WithoutDirectives(item, schema.List?.Element ?? StructuralSchema.Deduced))]),
        _ => patch?.DeepClone(),
    };

    private static JsonObject Added(IEnumerable<KeyValuePair<string, JsonNode?>> fields, StructuralSchema schema)
    {
        var result = new JsonObject();
        foreach (var (name, value) in fields.Where(pair => pair.Value is not null))
        {
            result[name] = WithoutDirectives(value, TypeOf(schema, name));
        }

        return result;
    }

    private static StructuralSchema TypeOf(StructuralSchema schema, string name) => schema.Map?.TypeOf(name) ?? StructuralSchema.Deduced;

    private static bool IsDirective(string name) =>
        name is Directive or RetainKeys || name.StartsWith(SetOrder, StringComparison.Ordinal)
        || name.StartsWith(DeleteFromPrimitives, StringComparison.Ordinal);

    private static string ListNamed(string directive) =>
        directive.StartsWith(SetOrder, StringComparison.Ordinal) ? directive[SetOrder.Length..] : directive;

    /// <summary>Drops all fields that <c>$retainKeys</c> does not name.</summary>
    private static void Retain(JsonObject live, JsonObject patch)
    {
        if (patch[RetainKeys] is not JsonArray retained)
        {
            return;
        }

        var names = retained.Select(name => name?.GetValue<string>()).ToHashSet();
        foreach (var name in live.Select(pair => pair.Key).Where(name => !names.Contains(name)).ToList())
        {
            live.Remove(name);
        }
    }

    private static void MergeField(JsonObject live, JsonObject patch, string name, JsonNode? change, StructuralSchema schema)
    {
        var field = schema.Map?.Fields.GetValueOrDefault(name);
        var type = TypeOf(schema, name);
        if (change is null)
        {
            live.Remove(name);
            return;
        }

        if (change is not JsonValue && live[name] is JsonValue)
        {
            throw Misfit(patch, $"cannot merge '{name}' into a value of another form");
        }

        live[name] = (live[name], change) switch
        {
            (JsonObject old, JsonObject map) when !Replaces(field) => MergeMap((JsonObject)old.DeepClone(), map, type),
            (JsonArray old, JsonArray list) => ListMerge.Merge((JsonArray)old.DeepClone(), list, patch, name, field),
            _ => Fresh(change, type),
        };
    }

    private static bool Replaces(SchemaField? field) => field?.PatchStrategy.Split(',').Contains("replace") == true;

    private static JsonNode? Fresh(JsonNode change, StructuralSchema type) =>
        change is JsonObject map ? MergeMap([], map, type) : WithoutDirectives(change, type);

    /// <summary>Carries out an order or deletion directive of a list that the patch does not otherwise change.</summary>
    private static void ReorderUntouched(JsonObject live, JsonObject patch, string directive, StructuralSchema schema)
    {
        var name = directive.StartsWith(SetOrder, StringComparison.Ordinal) ? directive[SetOrder.Length..]
            : directive.StartsWith(DeleteFromPrimitives, StringComparison.Ordinal) ? directive[DeleteFromPrimitives.Length..] : "";
        if (name.Length > 0 && live[name] is JsonArray old && !patch.ContainsKey(name))
        {
            live[name] = ListMerge.Merge((JsonArray)old.DeepClone(), [], patch, name, schema.Map?.Fields.GetValueOrDefault(name));
        }
    }
}
