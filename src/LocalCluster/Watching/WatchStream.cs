using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Tables;

namespace SecretsOps.LocalCluster.Watching;

/// <summary>Writes watch events, one JSON object a line, in the form the client asked for.</summary>
internal sealed class WatchStream(ResourceRequest request, TableWriter tables)
{
    private const int MostUnflushed = 1 << 16;

    private readonly AnswerForm _form = ContentNegotiation.FormFor(request.Context.Request);
    private bool _hasColumns;

    /// <summary>Sends the headers, so that the client knows the watch stands before anything changes.</summary>
    internal async Task BeginAsync()
    {
        request.Context.Response.StatusCode = 200;
        request.Context.Response.ContentType = JsonResponse.MediaType;
        await FlushAsync();
    }

    internal async Task FlushAsync() => await request.Context.Response.BodyWriter.FlushAsync(request.Aborted);

    internal Task SendAsync(string type, ReadOnlyMemory<byte> json)
    {
        var view = ObjectView.InVersion(request.Kind, json);
        return WriteAsync(type, _form switch
        {
            AnswerForm.Table => TableOf(view),
            AnswerForm.PartialMetadata => ObjectView.MetadataOnly(view),
            _ => view,
        });
    }

    internal Task SendBookmarkAsync(long revision, bool isInitialEventsEnd)
    {
        var metadata = new JsonObject { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null };
        if (isInitialEventsEnd)
        {
            metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        }

        var (kind, apiVersion) = _form switch
        {
            AnswerForm.Table => ("Table", "meta.k8s.io/v1"),
            AnswerForm.PartialMetadata => ("PartialObjectMetadata", "meta.k8s.io/v1"),
            _ => (request.Kind.Gvk.Kind, request.Kind.Gvk.ApiVersion),
        };
        var bookmark = new JsonObject { ["kind"] = kind, ["apiVersion"] = apiVersion, ["metadata"] = metadata };
        if (_form == AnswerForm.Table)
        {
            bookmark["columnDefinitions"] = null;
            bookmark["rows"] = new JsonArray();
        }

        return WriteAsync("BOOKMARK", JsonResponse.Utf8(bookmark));
    }

    internal async Task SendErrorAsync(StatusException error)
    {
        await WriteAsync("ERROR", JsonResponse.Utf8(error.ToStatus()));
        await FlushAsync();
    }

    private ReadOnlyMemory<byte> TableOf(ReadOnlyMemory<byte> view)
    {
        var table = tables.WriteRow(request.Kind, view, request.Query("includeObject"), withColumns: !_hasColumns);
        _hasColumns = true;
        return table;
    }

    private async Task WriteAsync(string type, ReadOnlyMemory<byte> json)
    {
        var output = request.Context.Response.BodyWriter;
        output.Write(Encoding.ASCII.GetBytes($$"""{"type":"{{type}}","object":"""));
        output.Write(json.Span);
        output.Write("}\n"u8);
        if (output.UnflushedBytes > MostUnflushed)
        {
            await FlushAsync();
        }
    }
}
