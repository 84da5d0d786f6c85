using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Resources;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Http;

/// <summary>The scale subresource: an object's replica count as a <c>Scale</c> of its own.</summary>
internal sealed class ScaleEndpoints(ObjectStore store, ObjectWriter writer)
{
    internal Task RouteAsync(ResourceRequest request) => request.Info.Verb switch
    {
        "get" => GetAsync(request),
        "update" => UpdateAsync(request),
        "patch" => PatchAsync(request),
        _ => throw ApiErrors.MethodNotAllowed(),
    };

    private async Task GetAsync(ResourceRequest request)
    {
        var stored = store.State.Find(request.Key) ?? throw ApiErrors.NotFound(request.Kind, request.Info.Name);
        await AnswerAsync(request, stored.Json);
    }

    private async Task UpdateAsync(ResourceRequest request)
    {
        var scale = await RequestBody.ReadObjectAsync(request.Context.Request, request.Aborted);
        await WriteAsync(request, _ => scale);
    }

    private async Task PatchAsync(ResourceRequest request)
    {
        var patch = await RequestBody.ReadAsync(request.Context.Request, request.Aborted);
        var mediaType = RequestBody.MediaType(request.Context.Request);
        await WriteAsync(request, scale => PatchApplication.ApplyPlain(mediaType, scale, patch));
    }

    private async Task WriteAsync(ResourceRequest request, Func<JsonObject, JsonObject> change)
    {
        var paths = ScalePaths.Of(request.Kind);
        var context = request.ToWriteContext() with { FieldValidation = FieldValidation.Ignore };
        var result = await writer.UpdateAsync(request.Kind, request.Info.Namespace, request.Info.Name, live => paths.WriteInto(live, change(paths.ScaleOf(live))), context);
        await AnswerAsync(request, result.Json);
    }

    private static Task AnswerAsync(ResourceRequest request, ReadOnlyMemory<byte> json) =>
        JsonResponse.WriteAsync(request.Context, 200, ScalePaths.Of(request.Kind).ScaleOf(RequestBody.ParseObject(json.Span)));
}
