using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.OpenApi;

/// <summary>Writes structural schemas as OpenAPI v3 schemas, each named type once.</summary>
internal sealed class OpenApiSchemas
{
    private readonly SortedDictionary<string, JsonObject> _schemas = new(StringComparer.Ordinal);

    /// <summary>Everything written so far, for <c>components.schemas</c>.</summary>
    internal JsonObject ToJson()
    {
        var schemas = new JsonObject();
        foreach (var (name, schema) in _schemas)
        {
            schemas[name] = schema;
        }

        return schemas;
    }

    /// <summary>Writes a kind's own schema and all it needs.</summary>
    internal void Add(ResourceKind kind)
    {
        var name = NameOf(kind);
        if (kind.Schema is CrdSchema custom)
        {
            var schema = (JsonObject)custom.OpenApi.DeepClone();
            AddObjectFields(schema);
            _schemas[name] = schema;
        }
        else
        {
            Refer(kind.Schema.Root);
        }

        _schemas[name]["x-kubernetes-group-version-kind"] =
            new JsonArray(new JsonObject { ["group"] = kind.Gvk.Group, ["kind"] = kind.Gvk.Kind, ["version"] = kind.Gvk.Version });
    }

    /// <summary>The name of a kind's schema.</summary>
    internal static string NameOf(ResourceKind kind) => kind.Custom is null
        ? QualifiedName(kind.Schema.Root.Name)
        : $"{string.Join('.', kind.Gvk.Group.Split('.').Reverse())}.{kind.Gvk.Version}.{kind.Gvk.Kind}";

    /// <summary>What every custom object has beside what its definition says.</summary>
    private void AddObjectFields(JsonObject schema)
    {
        schema["type"] ??= "object";
        if (schema["properties"] is not JsonObject properties)
        {
            schema["properties"] = properties = [];
        }

        properties["apiVersion"] ??= new JsonObject { ["type"] = "string" };
        properties["kind"] ??= new JsonObject { ["type"] = "string" };
        properties["metadata"] = new JsonObject { ["allOf"] = new JsonArray(Refer(SchemaCatalog.Default.Types["meta.v1.ObjectMeta"])) };
    }

    private static string QualifiedName(string name) => name switch
    {
        _ when name.StartsWith("meta.v1.", StringComparison.Ordinal) => $"io.k8s.apimachinery.pkg.apis.{name}",
        _ when name.StartsWith("apiextensions.", StringComparison.Ordinal) => $"io.k8s.apiextensions-apiserver.pkg.apis.{name}",
        _ => $"io.k8s.api.{name}",
    };

    private JsonObject Refer(StructuralSchema type)
    {
        var name = QualifiedName(type.Name);
        if (!_schemas.ContainsKey(name))
        {
            _schemas[name] = []; // before its fields, which may refer back to it
            _schemas[name] = WriteMap(type.Map!);
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    private JsonObject Write(StructuralSchema type)
    {
        if (type.Wire != WireType.None)
        {
            return WriteScalar(type.Wire);
        }

        if (type.List is { } list)
        {
            return WriteList(list);
        }

        return type.Name.Length > 0 ? new JsonObject { ["allOf"] = new JsonArray(Refer(type)) } : WriteMap(type.Map!);
    }

    private static JsonObject WriteScalar(WireType wire) => wire switch
    {
        WireType.Text => new() { ["type"] = "string" },
        WireType.Boolean => new() { ["type"] = "boolean" },
        WireType.Whole => new() { ["type"] = "integer", ["format"] = "int32" },
        WireType.LongWhole => new() { ["type"] = "integer", ["format"] = "int64" },
        WireType.Number => new() { ["type"] = "number", ["format"] = "double" },
        WireType.Bytes => new() { ["type"] = "string", ["format"] = "byte" },
        WireType.Time or WireType.MicroTime => new() { ["type"] = "string", ["format"] = "date-time" },
        WireType.Quantity => new() { ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, new JsonObject { ["type"] = "number" }) },
        WireType.IntOrString => new()
        {
            ["format"] = "int-or-string",
            ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "integer" }, new JsonObject { ["type"] = "string" }),
        },
        _ => new() { ["x-kubernetes-preserve-unknown-fields"] = true },
    };

    private JsonObject WriteList(ListShape list)
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = Write(list.Element) };
        schema["x-kubernetes-list-type"] = list.Type switch { ListType.Map => "map", ListType.Set => "set", _ => "atomic" };
        if (list.Type == ListType.Map)
        {
            schema["x-kubernetes-list-map-keys"] = new JsonArray([.. list.Keys.Select(key => JsonValue.Create(key))]);
        }

        return schema;
    }

    private JsonObject WriteMap(MapShape map)
    {
        var schema = new JsonObject { ["type"] = "object" };
        if (map.Fields.Count > 0)
        {
            var properties = new JsonObject();
            foreach (var field in map.Fields.Values.OrderBy(field => field.Name, StringComparer.Ordinal))
            {
                properties[field.Name] = WriteField(field);
            }

            schema["properties"] = properties;
            string[] required = [.. map.Fields.Values.Where(field => field.IsRequired).Select(field => field.Name)];
            if (required.Length > 0)
            {
                schema["required"] = new JsonArray([.. required.Select(name => JsonValue.Create(name))]);
            }
        }

        if (map.Element is { } element)
        {
            schema["additionalProperties"] = Write(element);
        }

        if (map.IsAtomic)
        {
            schema["x-kubernetes-map-type"] = "atomic";
        }

        return schema;
    }

    private JsonObject WriteField(SchemaField field)
    {
        var schema = Write(field.Type);
        if (field.Enum.Count > 0)
        {
            schema["enum"] = new JsonArray([.. field.Enum.Select(text => JsonValue.Create(text))]);
        }

        if (field.Default is { } value)
        {
            schema["default"] = value.DeepClone();
        }

        if (field.PatchStrategy.Length > 0)
        {
            schema["x-kubernetes-patch-strategy"] = field.PatchStrategy;
        }

        if (field.PatchMergeKey.Length > 0)
        {
            schema["x-kubernetes-patch-merge-key"] = field.PatchMergeKey;
        }

        return schema;
    }
}
