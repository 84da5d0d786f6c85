using System.Globalization;
using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Resources;
using SecretsOps.LocalCluster.Schema;
using SecretsOps.LocalCluster.Selectors;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Http;

/// <summary>Answers create, update, delete and deletecollection.</summary>
internal sealed class WriteEndpoints(ObjectStore store, ObjectWriter writer, ObjectDeleter deleter, ReadEndpoints reads)
{
    internal async Task CreateAsync(ResourceRequest request)
    {
        var (body, sent) = await RequestBody.ReadWithBytesAsync(request.Context.Request, request.Aborted);
        var context = request.ToWriteContext() with { Body = sent };
        var result = await writer.CreateAsync(request.Kind, request.Info.Namespace, body, context);
        request.SendWarnings(context);
        await reads.AnswerAsync(request, 201, result.Json);
    }

    internal async Task UpdateAsync(ResourceRequest request)
    {
        var (body, sent) = await RequestBody.ReadWithBytesAsync(request.Context.Request, request.Aborted);
        var context = request.ToWriteContext() with { Body = sent };
        DemandVersion(request.Kind, body);
        var result = await writer.UpdateAsync(request.Kind, request.Info.Namespace, request.Info.Name, _ => (JsonObject)body.DeepClone(), context);
        request.SendWarnings(context);
        await reads.AnswerAsync(request, 200, result.Json);
    }

    internal async Task DeleteAsync(ResourceRequest request)
    {
        var options = await ReadOptionsAsync(request);
        var result = await deleter.DeleteAsync(request.Kind, request.Info.Namespace, request.Info.Name, options);
        if (result.Effect == WriteEffect.MarkedForDeletion)
        {
            await reads.AnswerAsync(request, 200, result.Json);
            return;
        }

        await JsonResponse.WriteAsync(request.Context, 200, Deleted(request.Kind, RequestBody.ParseObject(result.Json.Span)));
    }

    internal async Task DeleteCollectionAsync(ResourceRequest request)
    {
        var options = await ReadOptionsAsync(request);
        var selector = ObjectSelector.Parse(request.Kind, request.Info.Namespace, request.Query("labelSelector"), request.Query("fieldSelector"));
        var state = store.State;
        var deleted = new JsonArray();
        foreach (var stored in state.Of(request.Kind.StorageResource).Values.Where(selector.Matches))
        {
            try
            {
                await deleter.DeleteAsync(request.Kind, stored.Key.Namespace, stored.Key.Name, options);
                deleted.Add((JsonNode)JsonAccess.Parse(stored));
            }
            catch (StatusException exception) when (exception.Code == 404)
            {
                // Somebody else deleted it first: it is gone, as asked.
            }
        }

        await JsonResponse.WriteAsync(request.Context, 200, new JsonObject
        {
            ["kind"] = request.Kind.Gvk.Kind + "List",
            ["apiVersion"] = request.Kind.Gvk.ApiVersion,
            ["metadata"] = new JsonObject { ["resourceVersion"] = store.State.Revision.ToString(CultureInfo.InvariantCulture) },
            ["items"] = deleted,
        });
    }

    /// <summary>Custom objects are never replaced blindly.</summary>
    private static void DemandVersion(ResourceKind kind, JsonObject body)
    {
        if (kind.Custom is not null && body.Text("metadata", "resourceVersion").Length == 0)
        {
            throw ApiErrors.Invalid(kind, body.Text("metadata", "name"),
                new FieldError(FieldErrorType.Invalid, "metadata.resourceVersion", "must be specified for an update") { BadValue = "0x0" });
        }
    }

    private static async Task<DeleteRequest> ReadOptionsAsync(ResourceRequest request)
    {
        var body = request.Context.Request.ContentLength is 0 or null && request.Context.Request.ContentType is null
            ? null
            : await RequestBody.ReadObjectAsync(request.Context.Request, request.Aborted);
        return DeleteRequest.Parse(body, request.Query);
    }

    private static JsonObject Deleted(ResourceKind kind, JsonObject last)
    {
        var details = new JsonObject { ["name"] = last.Text("metadata", "name") };
        if (kind.Gvk.Group.Length > 0)
        {
            details["group"] = kind.Gvk.Group;
        }

        details["kind"] = kind.Plural;
        details["uid"] = last.Text("metadata", "uid");
        return new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details };
    }
}
