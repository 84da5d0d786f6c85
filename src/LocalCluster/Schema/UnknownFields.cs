using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>Fields of an object that its type does not declare.</summary>
internal static class UnknownFields
{
    /// <summary>Their paths, in document order, such as <c>spec.containers[0].imag</c>.</summary>
    public static IReadOnlyList<string> Of(JsonObject body, StructuralSchema schema)
    {
        var found = new List<string>();
        Visit(body, schema, "", found);
        return found;
    }

    private static void Visit(JsonNode? node, StructuralSchema schema, string path, List<string> found)
    {
        if (node is JsonObject map && schema.Map is { } shape)
        {
            foreach (var (name, child) in map)
            {
                var below = path.Length == 0 ? name : $"{path}.{name}";
                if (shape.Element is null && !shape.Fields.ContainsKey(name))
                {
                    found.Add(below);
                }
                else
                {
                    Visit(child, shape.TypeOf(name), below, found);
                }
            }
        }
        else if (node is JsonArray list && schema.List is { } listShape)
        {
            for (var i = 0; i < list.Count; i++)
            {
                Visit(list[i], listShape.Element, $"{path}[{i}]", found);
            }
        }
    }
}
