using System.Globalization;
using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Authentication;
using SecretsOps.LocalCluster.Proxying;
using SecretsOps.LocalCluster.Resources;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Http;

/// <summary>The subresources that few kinds have: a namespace's finalize, a service account's token, a pod's eviction and binding, a service's proxy.</summary>
internal sealed class SubresourceEndpoints(
    ObjectStore store, ObjectWriter writer, ObjectDeleter deleter, ReadEndpoints reads, ServiceAccountTokens tokens, ServiceProxy proxy, TimeProvider time)
{
    private const int ShortestTokenSeconds = 600;
    private const int UsualTokenSeconds = 3600;

    internal Task RouteAsync(ResourceRequest request) => (request.Info.Subresource, request.Info.Verb) switch
    {
        ("proxy", _) => proxy.ForwardAsync(request),
        ("token", "create") => CreateTokenAsync(request),
        ("finalize", "update") => FinalizeAsync(request),
        ("approval", "update") => ApproveAsync(request),
        ("eviction", "create") => EvictAsync(request),
        ("binding", "create") => BindAsync(request),
        _ => throw ApiErrors.MethodNotAllowed(),
    };

    private async Task CreateTokenAsync(ResourceRequest request)
    {
        var body = await RequestBody.ReadObjectAsync(request.Context.Request, request.Aborted);
        var stored = store.State.Find(request.Key) ?? throw ApiErrors.NotFound(request.Kind, request.Info.Name);
        var seconds = body.TryNumber("spec", "expirationSeconds") ?? UsualTokenSeconds;
        if (seconds < ShortestTokenSeconds)
        {
            throw ApiErrors.BadRequest($"spec.expirationSeconds: Invalid value: {seconds}: may not specify a duration less than 10 minutes");
        }

        var expires = time.GetUtcNow().AddSeconds(seconds);
        string[] audiences = [.. body.Items("spec", "audiences").Select(audience => audience.Text())];
        var uid = JsonAccess.Parse(stored).Text("metadata", "uid");
        body["status"] = new JsonObject
        {
            ["token"] = tokens.Issue(stored.Key.Namespace, stored.Key.Name, uid, audiences.Length == 0 ? [ServiceAccountTokens.Issuer] : audiences, expires),
            ["expirationTimestamp"] = expires.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
        await JsonResponse.WriteAsync(request.Context, 201, body);
    }

    private async Task FinalizeAsync(ResourceRequest request)
    {
        var body = await RequestBody.ReadObjectAsync(request.Context.Request, request.Aborted);
        var result = await writer.UpdateAsync(request.Kind, "", request.Info.Name, live =>
        {
            live.Section("spec").CopyField(body["spec"], "finalizers");
            return live;
        }, request.ToWriteContext());
        await reads.AnswerAsync(request, 200, result.Json);
    }

    private async Task ApproveAsync(ResourceRequest request)
    {
        var body = await RequestBody.ReadObjectAsync(request.Context.Request, request.Aborted);
        var result = await writer.UpdateAsync(request.Kind, "", request.Info.Name, live =>
        {
            live.Section("status").CopyField(body["status"], "conditions");
            return live;
        }, request.ToWriteContext() with { Subresource = "status" });
        await reads.AnswerAsync(request, 200, result.Json);
    }

    private async Task EvictAsync(ResourceRequest request)
    {
        await deleter.DeleteAsync(request.Kind, request.Info.Namespace, request.Info.Name, new DeleteRequest { Propagation = Propagation.Background });
        await AnswerSuccessAsync(request);
    }

    private async Task BindAsync(ResourceRequest request)
    {
        var body = await RequestBody.ReadObjectAsync(request.Context.Request, request.Aborted);
        await writer.UpdateAsync(request.Kind, request.Info.Namespace, request.Info.Name, live =>
        {
            live.Section("spec")["nodeName"] = body.Text("target", "name");
            return live;
        }, request.ToWriteContext());
        await AnswerSuccessAsync(request);
    }

    private static Task AnswerSuccessAsync(ResourceRequest request) => JsonResponse.WriteAsync(request.Context, 201, new JsonObject
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Success",
        ["code"] = 201,
    });
}
