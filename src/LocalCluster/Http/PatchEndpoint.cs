using SecretsOps.LocalCluster.Resources;

namespace SecretsOps.LocalCluster.Http;

/// <summary>Answers patch: JSON patch, merge patch, strategic merge patch, apply.</summary>
internal sealed class PatchEndpoint(ObjectWriter writer, ReadEndpoints reads)
{
    internal async Task PatchAsync(ResourceRequest request)
    {
        var mediaType = RequestBody.MediaType(request.Context.Request);
        var context = request.ToWriteContext();
        var patch = await RequestBody.ReadAsync(request.Context.Request, request.Aborted);
        var result = await writer.UpdateAsync(
            request.Kind, request.Info.Namespace, request.Info.Name, live => PatchApplication.Apply(request.Kind, mediaType, live, patch), context);
        request.SendWarnings(context);
        await reads.AnswerAsync(request, 200, result.Json);
    }
}
