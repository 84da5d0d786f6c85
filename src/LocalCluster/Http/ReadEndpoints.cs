using System.Buffers;
using System.Globalization;
using System.Text;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Selectors;
using SecretsOps.LocalCluster.Storage;
using SecretsOps.LocalCluster.Tables;

namespace SecretsOps.LocalCluster.Http;

/// <summary>Answers get and list, in the form the client prefers.</summary>
internal sealed class ReadEndpoints(ObjectStore store, TableWriter tables)
{
    private readonly ContinuedLists _continued = new();

    internal async Task GetAsync(ResourceRequest request)
    {
        CheckRevision(store.State, request.Query("resourceVersion"));
        var stored = store.State.Find(request.Key) ?? throw ApiErrors.NotFound(request.Kind, request.Info.Name);
        await AnswerAsync(request, 200, stored.Json);
    }

    /// <summary>Answers with one object.</summary>
    internal async Task AnswerAsync(ResourceRequest request, int code, ReadOnlyMemory<byte> json)
    {
        var view = ObjectView.InVersion(request.Kind, json);
        var body = ContentNegotiation.FormFor(request.Context.Request) switch
        {
            AnswerForm.Table => tables.Write(request.Kind, [view], "", null, request.Query("includeObject")),
            AnswerForm.PartialMetadata => ObjectView.MetadataOnly(view),
            _ => view,
        };
        await JsonResponse.WriteAsync(request.Context, code, body, JsonResponse.MediaType);
    }

    internal async Task ListAsync(ResourceRequest request)
    {
        var (state, after) = Begin(request);
        var selector = ObjectSelector.Parse(request.Kind, request.Info.Namespace, request.Query("labelSelector"), request.Query("fieldSelector"));
        var page = Select(state, request, selector, after);
        var items = page.Items.Select(stored => ObjectView.InVersion(request.Kind, stored.Json)).ToList();
        var revision = state.Revision.ToString(CultureInfo.InvariantCulture);
        var body = ContentNegotiation.FormFor(request.Context.Request) switch
        {
            AnswerForm.Table => tables.Write(request.Kind, items, revision, page, request.Query("includeObject")),
            AnswerForm.PartialMetadata => WriteList("PartialObjectMetadataList", "meta.k8s.io/v1", revision, page, items.ConvertAll(ObjectView.MetadataOnly)),
            _ => WriteList(ListKind(request.Kind), request.Kind.Gvk.ApiVersion, revision, page, items),
        };
        await JsonResponse.WriteAsync(request.Context, 200, body, JsonResponse.MediaType);
    }

    private static string ListKind(ResourceKind kind) => kind.ListKind.Length > 0 ? kind.ListKind : kind.Gvk.Kind + "List";

    /// <summary>The state to list, and the place in it to go on from.</summary>
    private (StoreState State, string After) Begin(ResourceRequest request)
    {
        if (request.Query("continue") is { Length: > 0 } token)
        {
            return _continued.Resume(token);
        }

        var state = store.State;
        var revision = request.Query("resourceVersion");
        CheckRevision(state, revision);
        if (request.Query("resourceVersionMatch") == "Exact" && revision != state.Revision.ToString(CultureInfo.InvariantCulture))
        {
            state = _continued.At(revision) ?? throw ApiErrors.Expired("The provided resource version is no longer available");
        }

        return (state, "");
    }

    private static void CheckRevision(StoreState state, string revision)
    {
        if (revision.Length == 0)
        {
            return;
        }

        if (!long.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted))
        {
            throw ApiErrors.BadRequest($"resourceVersion: Invalid value: \"{revision}\": strconv.ParseUint: parsing \"{revision}\": invalid syntax");
        }

        if (wanted > state.Revision)
        {
            throw new StatusException(504, "Timeout", $"Timeout: Too large resource version: {wanted}, current: {state.Revision}");
        }
    }

    private ListPage Select(StoreState state, ResourceRequest request, ObjectSelector selector, string after)
    {
        var limit = int.TryParse(request.Query("limit"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given > 0 ? given : int.MaxValue;
        var items = new List<StoredObject>();
        foreach (var (path, stored) in state.Of(request.Kind.StorageResource))
        {
            if (string.CompareOrdinal(path, after) <= 0 || !selector.Matches(stored))
            {
                continue;
            }

            if (items.Count == limit)
            {
                return new(items, _continued.Suspend(state, items[^1].Key.Path));
            }

            items.Add(stored);
        }

        return new(items, "");
    }

    private static ReadOnlyMemory<byte> WriteList(string kind, string apiVersion, string revision, ListPage page, List<ReadOnlyMemory<byte>> items)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + items.Sum(item => item.Length + 1));
        buffer.Write(Encoding.UTF8.GetBytes($$"""{"kind":"{{kind}}","apiVersion":"{{apiVersion}}","metadata":{{page.Metadata(revision)}},"items":["""));
        for (var index = 0; index < items.Count; index++)
        {
            if (index > 0)
            {
                buffer.Write(","u8);
            }

            buffer.Write(items[index].Span);
        }

        buffer.Write("]}"u8);
        return buffer.WrittenMemory;
    }
}
