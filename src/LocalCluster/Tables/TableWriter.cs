using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Kinds;

namespace SecretsOps.LocalCluster.Tables;

/// <summary>Writes objects as the tables that <c>kubectl get</c> prints.</summary>
internal sealed class TableWriter(TimeProvider time)
{
    /// <summary>A table of a list (with its page) or of one object (without).</summary>
    internal ReadOnlyMemory<byte> Write(ResourceKind kind, IReadOnlyList<ReadOnlyMemory<byte>> items, string revision, ListPage? page, string includeObject)
    {
        var columns = ColumnsOf(kind);
        var metadata = new JsonObject();
        if (page is not null)
        {
            metadata["resourceVersion"] = revision;
            if (page.Continue.Length > 0)
            {
                metadata["continue"] = page.Continue;
            }
        }
        else
        {
            metadata["resourceVersion"] = RequestBody.ParseObject(items[0].Span)["metadata"]?["resourceVersion"]?.DeepClone();
        }

        return TableOf(metadata, columns, [.. items.Select(item => (JsonNode)RowOf(columns, item, includeObject))]);
    }

    /// <summary>A table of one row for a watch event; the client keeps the columns of the first.</summary>
    internal ReadOnlyMemory<byte> WriteRow(ResourceKind kind, ReadOnlyMemory<byte> item, string includeObject, bool withColumns)
    {
        var columns = ColumnsOf(kind);
        var row = RowOf(columns, item, includeObject);
        return TableOf([], withColumns ? columns : [], [(JsonNode)row]);
    }

    private static IReadOnlyList<TableColumn> ColumnsOf(ResourceKind kind) => kind.Custom is { } custom
        ? CustomColumns.For(custom)
        : CoreColumns.For(kind.QualifiedPlural)
            ?? WorkloadColumns.For(kind.QualifiedPlural)
            ?? OtherColumns.For(kind.QualifiedPlural)
            ?? [TableColumn.NameColumn, TableColumn.Age];

    private static ReadOnlyMemory<byte> TableOf(JsonObject metadata, IReadOnlyList<TableColumn> columns, JsonArray rows) => JsonResponse.Utf8(new JsonObject
    {
        ["kind"] = "Table",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = metadata,
        ["columnDefinitions"] = new JsonArray([.. columns.Select(column => column.ToDefinition())]),
        ["rows"] = rows,
    });

    private JsonObject RowOf(IReadOnlyList<TableColumn> columns, ReadOnlyMemory<byte> item, string includeObject)
    {
        var json = RequestBody.ParseObject(item.Span);
        var now = time.GetUtcNow();
        var row = new JsonObject { ["cells"] = new JsonArray([.. columns.Select(column => column.Cell(json, now))]) };
        switch (includeObject)
        {
            case "None":
                break;
            case "Object":
                row["object"] = json;
                break;
            default:
                row["object"] = new JsonObject { ["kind"] = "PartialObjectMetadata", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = json["metadata"]?.DeepClone() };
                break;
        }

        return row;
    }
}
