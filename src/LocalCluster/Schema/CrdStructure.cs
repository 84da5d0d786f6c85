using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>Reads a CustomResourceDefinition's <c>openAPIV3Schema</c> as a structural schema.</summary>
internal static class CrdStructure
{
    internal const string PreserveUnknown = "x-kubernetes-preserve-unknown-fields";
    internal const string EmbeddedResource = "x-kubernetes-embedded-resource";
    internal const string IntOrString = "x-kubernetes-int-or-string";

    private static StructuralSchema ObjectMeta => SchemaCatalog.Default.Types["meta.v1.ObjectMeta"];

    /// <summary>The type of a whole custom resource.</summary>
    public static StructuralSchema Root(JsonObject schema) => Map("", schema, isObject: true);

    /// <summary>Whether a schema flag is set.</summary>
    public static bool Has(JsonObject schema, string flag) => schema[flag]?.ToString() == "true";

    private static StructuralSchema From(JsonObject schema)
    {
        if (Has(schema, IntOrString))
        {
            return StructuralSchema.Scalar(WireType.IntOrString);
        }

        return schema["type"]?.ToString() switch
        {
            "object" => Map("", schema, Has(schema, EmbeddedResource)),
            "array" => List(schema),
            "string" => StructuralSchema.Scalar(WireType.Text),
            "boolean" => StructuralSchema.Scalar(WireType.Boolean),
            "integer" => StructuralSchema.Scalar(WireType.LongWhole),
            "number" => StructuralSchema.Scalar(WireType.Number),
            _ => Has(schema, PreserveUnknown) ? StructuralSchema.Deduced : StructuralSchema.UntypedAtomic,
        };
    }

    private static StructuralSchema Map(string name, JsonObject schema, bool isObject)
    {
        var fields = new Dictionary<string, SchemaField>();
        var required = (schema["required"] as JsonArray ?? []).Select(item => item?.ToString()).ToHashSet();
        foreach (var (property, child) in schema["properties"] as JsonObject ?? [])
        {
            fields[property] = new(property, From(child as JsonObject ?? []))
            {
                IsRequired = required.Contains(property),
                Default = child?["default"]?.DeepClone(),
                KeyDefault = child?["default"]?.DeepClone(),
            };
        }

        if (isObject)
        {
            fields["apiVersion"] = new("apiVersion", StructuralSchema.Scalar(WireType.Text));
            fields["kind"] = new("kind", StructuralSchema.Scalar(WireType.Text));
            fields["metadata"] = new("metadata", ObjectMeta);
        }

        var element = schema["additionalProperties"] switch
        {
            JsonObject additional => From(additional),
            JsonValue value when value.ToString() == "true" => StructuralSchema.Deduced,
            _ when Has(schema, PreserveUnknown) || fields.Count == 0 => StructuralSchema.Deduced,
            _ => null,
        };
        var isAtomic = schema["x-kubernetes-map-type"]?.ToString() == "atomic";
        return new(name, WireType.None, map: () => new MapShape(fields, element, isAtomic));
    }

    private static StructuralSchema List(JsonObject schema)
    {
        var element = From(schema["items"] as JsonObject ?? []);
        var keys = (schema["x-kubernetes-list-map-keys"] as JsonArray ?? []).Select(key => key?.ToString() ?? "").ToList();
        var type = schema["x-kubernetes-list-type"]?.ToString() switch
        {
            "map" => ListType.Map,
            "set" => ListType.Set,
            _ => ListType.Atomic,
        };
        return new("", WireType.None, new ListShape(() => element, type, keys));
    }
}
