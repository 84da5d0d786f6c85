using SecretsOps.LocalCluster.Resources;

namespace SecretsOps.LocalCluster.Http;

/// <summary>Answers patch: JSON patch, merge patch, strategic merge patch, apply.</summary>
internal sealed class PatchEndpoint(ObjectWriter writer, ReadEndpoints reads)
{
    private const string ApplyPatchType = "application/apply-patch+yaml";

    internal async Task PatchAsync(ResourceRequest request)
    {
        var mediaType = RequestBody.MediaType(request.Context.Request);
        var patch = await RequestBody.ReadAsync(request.Context.Request, request.Aborted);
        var context = request.ToWriteContext() with { IsPatch = true };
        var result = mediaType == ApplyPatchType
            ? await ApplyAsync(request, patch, context)
            : await writer.UpdateAsync(
                request.Kind, request.Info.Namespace, request.Info.Name, live => PatchApplication.Apply(request.Kind, mediaType, live, patch), context);
        request.SendWarnings(context);
        await reads.AnswerAsync(request, result.Effect == WriteEffect.Created ? 201 : 200, result.Json);
    }

    private async Task<WriteResult> ApplyAsync(ResourceRequest request, byte[] patch, WriteContext context)
    {
        if (request.Query("fieldManager").Length == 0)
        {
            throw ApiErrors.BadRequest("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
        }

        var isJson = patch.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{', ..];
        var applied = isJson ? RequestBody.ParseObject(patch) : RequestBody.ParseYaml(patch);
        return await writer.ApplyAsync(
            request.Kind,
            request.Info.Namespace,
            request.Info.Name,
            applied,
            request.IsAsked("force") ? Force.TakeOver : Force.Refuse,
            isJson ? context with { Body = patch } : context);
    }
}
