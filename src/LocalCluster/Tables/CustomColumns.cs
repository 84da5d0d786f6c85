using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Resources;

namespace SecretsOps.LocalCluster.Tables;

/// <summary>The columns that a CustomResourceDefinition asks for.</summary>
internal static class CustomColumns
{
    internal static IReadOnlyList<TableColumn> For(CustomKind custom) =>
        custom.PrinterColumns is { Count: > 0 } columns
            ? [TableColumn.NameColumn, .. columns.OfType<JsonObject>().Select(ColumnOf)]
            : [TableColumn.NameColumn, TableColumn.Age];

    private static TableColumn ColumnOf(JsonObject column)
    {
        var path = JsonPath.Parse(column.Text("jsonPath"));
        var type = column.Text("type");
        return new(column.Text("name"), (item, now) => CellOf(path.Select(item), type, now))
        {
            Type = type,
            Format = column.Text("format"),
            Description = column.Text("description"),
            Priority = (int)column.Number("priority"),
        };
    }

    private static JsonNode? CellOf(IReadOnlyList<JsonNode> found, string type, DateTimeOffset now)
    {
        if (found.Count == 0)
        {
            return null;
        }

        return type switch
        {
            "date" => HumanDuration.Since(found[0].Text(), now),
            "string" => found.Count == 1 && found[0] is JsonValue ? found[0].ToString() : Show(found),
            "integer" when found[0] is JsonValue value && value.TryGetValue(out long number) => number,
            "number" or "boolean" => found[0].DeepClone(),
            _ => null,
        };
    }

    private static string Show(IReadOnlyList<JsonNode> found) =>
        found is [JsonArray or JsonObject] ? System.Text.Encoding.UTF8.GetString(Http.JsonResponse.Utf8(found[0]).Span) : string.Join(' ', found.Select(node => node.ToString()));
}
