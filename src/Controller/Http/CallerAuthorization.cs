using System.Text.Json.Nodes;

using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Controller.Http;

/// <summary>The authenticated mode: who calls is asked of the API server (TokenReview), and what they may do (SubjectAccessReview).</summary>
/// <remarks>A null client switches it off: the default, because kubeseal calls through the API server's proxy, which has checked already.</remarks>
internal sealed class CallerAuthorization(ApiClient? reviews)
{
    private const string UserKey = "SecretsOps.User";

    /// <summary>Whether the caller showed a token the API server knows; otherwise 401 is sent.</summary>
    public async Task<bool> IsKnownAsync(HttpContext context)
    {
        if (reviews is null)
        {
            return true;
        }

        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            && await AskAsync(ApiResource.TokenReviews, new JsonObject { ["token"] = header[7..].Trim() }, context.RequestAborted) is { } status
            && IsTrue(status, "authenticated") && status["user"] is JsonObject user)
        {
            context.Items[UserKey] = user;
            return true;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        await HttpReply.EmptyAsync(context, StatusCodes.Status401Unauthorized);
        return false;
    }

    /// <summary>Whether the caller may <c>create</c> <c>sealedsecrets/verify</c> or <c>sealedsecrets/rotate</c> in a namespace; otherwise 403 is sent.</summary>
    public async Task<bool> MayAsync(HttpContext context, string subresource, string @namespace)
    {
        if (reviews is null)
        {
            return true;
        }

        var user = (JsonObject)context.Items[UserKey]!;
        var question = new JsonObject
        {
            ["user"] = user["username"]?.DeepClone(),
            ["uid"] = user["uid"]?.DeepClone(),
            ["groups"] = user["groups"]?.DeepClone(),
            ["resourceAttributes"] = new JsonObject
            {
                ["namespace"] = @namespace,
                ["verb"] = "create",
                ["group"] = "bitnami.com",
                ["resource"] = "sealedsecrets",
                ["subresource"] = subresource,
            },
        };
        if (await AskAsync(ApiResource.SubjectAccessReviews, question, context.RequestAborted) is { } status && IsTrue(status, "allowed"))
        {
            return true;
        }

        await HttpReply.EmptyAsync(context, StatusCodes.Status403Forbidden);
        return false;
    }

    // A review that cannot be made is a refusal: this door fails closed.
    private async Task<JsonObject?> AskAsync(ApiResource resource, JsonObject spec, CancellationToken cancellationToken)
    {
        var review = new KubernetesObject(new JsonObject { ["apiVersion"] = resource.Gvk.ApiVersion, ["kind"] = resource.Kind, ["metadata"] = new JsonObject(), ["spec"] = spec });
        try
        {
            return (await reviews!.CreateAsync(resource, review, WriteOptions.Default, cancellationToken)).Json["status"] as JsonObject;
        }
        catch (ApiException)
        {
            return null;
        }
    }

    private static bool IsTrue(JsonObject status, string field) => status[field] is JsonValue value && value.TryGetValue(out bool flag) && flag;
}
