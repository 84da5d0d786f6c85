using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>Fills in and drops values of a custom resource as its schema says.</summary>
internal static class CrdValues
{
    /// <summary>Fills in defaults; a null that is not allowed counts as absent where there is a default.</summary>
    public static void ApplyDefaults(JsonNode? node, JsonObject schema)
    {
        if (node is JsonObject map)
        {
            var properties = schema["properties"] as JsonObject ?? [];
            foreach (var (name, child) in properties)
            {
                if (child is JsonObject property && property["default"] is { } value && map[name] is null
                    && !(map.ContainsKey(name) && CrdStructure.Has(property, "nullable")))
                {
                    map[name] = value.DeepClone();
                }
            }

            foreach (var (name, child) in map.ToList())
            {
                if ((properties[name] ?? schema["additionalProperties"]) is JsonObject below)
                {
                    ApplyDefaults(child, below);
                }
            }
        }
        else if (node is JsonArray list && schema["items"] is JsonObject items)
        {
            foreach (var item in list)
            {
                ApplyDefaults(item, items);
            }
        }
    }

    /// <summary>Visits the fields that the schema does not specify; <paramref name="isRoot"/> objects always have a kind and metadata.</summary>
    public static void VisitUnknown(JsonNode? node, JsonObject schema, bool isRoot, string path, Action<JsonObject, string, string> visit)
    {
        if (node is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                VisitUnknown(list[i], schema["items"] as JsonObject ?? [], isRoot: false, $"{path}[{i}]", visit);
            }
        }
        else if (node is JsonObject map && !CrdStructure.Has(schema, CrdStructure.IntOrString))
        {
            foreach (var (name, child) in map.ToList())
            {
                VisitField(map, name, child, schema, isRoot, path.Length == 0 ? name : $"{path}.{name}", visit);
            }
        }
    }

    private static void VisitField(
        JsonObject map, string name, JsonNode? child, JsonObject schema, bool isRoot, string path, Action<JsonObject, string, string> visit)
    {
        var isResource = isRoot || CrdStructure.Has(schema, CrdStructure.EmbeddedResource);
        if (isResource && name is "apiVersion" or "kind" or "metadata" && isResource)
        {
            return;
        }

        if ((schema["properties"]?[name] ?? schema["additionalProperties"]) is JsonObject below)
        {
            VisitUnknown(child, below, isRoot: false, path, visit);
        }
        else if (!CrdStructure.Has(schema, CrdStructure.PreserveUnknown) && schema["additionalProperties"]?.ToString() != "true")
        {
            visit(map, name, path);
        }
    }
}
