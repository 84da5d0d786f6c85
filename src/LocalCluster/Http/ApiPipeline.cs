using Microsoft.AspNetCore.Http;
using SecretsOps.LocalCluster.Authentication;
using SecretsOps.LocalCluster.Authorization;
using SecretsOps.LocalCluster.Discovery;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.OpenApi;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Http;

/// <summary>Every request's way: who is it, may they, which endpoint; a refusal becomes a Status.</summary>
internal sealed class ApiPipeline(
    Authenticator authenticator,
    Impersonation impersonation,
    RbacAuthorizer authorizer,
    KindRegistry kinds,
    DiscoveryEndpoints discovery,
    OpenApiEndpoints openApi,
    ServerEndpoints server,
    ResourceRouter resources)
{
    internal async Task HandleAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context);
        }
        catch (StatusException exception) when (!context.Response.HasStarted)
        {
            await JsonResponse.WriteAsync(context, exception.Code, exception.ToStatus());
        }
        catch (ApiRejectionException rejection) when (!context.Response.HasStarted)
        {
            await JsonResponse.WriteAsync(context, rejection.Code, rejection.Status);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to answer.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            // The exception's own text may quote an object: only its type is told.
            await JsonResponse.WriteAsync(context, 500,
                new StatusException(500, "InternalError", $"Internal error occurred: {exception.GetType().Name}").ToStatus());
        }
    }

    private async Task RouteAsync(HttpContext context)
    {
        var user = impersonation.Apply(context.Request, await authenticator.AuthenticateAsync(context));
        var info = RequestInfo.Parse(context.Request);
        Authorize(user, info);
        if (!info.IsResource)
        {
            if (!await discovery.TryAnswerAsync(context) && !await openApi.TryAnswerAsync(context) && !await server.TryAnswerAsync(context))
            {
                throw ApiErrors.NoSuchPath();
            }

            return;
        }

        var kind = kinds.Current.Find(info.Group, info.Version, info.Resource) ?? throw ApiErrors.NoSuchPath();
        await resources.RouteAsync(new ResourceRequest(context, Clean(info, kind), kind, user));
    }

    /// <summary>A namespace is not in itself.</summary>
    private static RequestInfo Clean(RequestInfo info, ResourceKind kind) => kind.IsNamespaced ? info : info with { Namespace = "" };

    private void Authorize(ClusterUser user, RequestInfo info)
    {
        var question = info.IsResource
            ? new AccessQuestion(info.Verb, info.Group, info.Resource, info.Subresource, info.Namespace, info.Name)
            : AccessQuestion.ForPath(info.Verb, info.Path);
        if (authorizer.Allows(user, question))
        {
            return;
        }

        var name = info.Name.Length > 0 ? $" \"{info.Name}\"" : "";
        var qualified = info.Group.Length == 0 ? info.Resource : $"{info.Resource}.{info.Group}";
        throw ApiErrors.Forbidden(
            info.IsResource ? $"{qualified}{name} is forbidden: User \"{user.Name}\" cannot {question.Describe()}" : $"forbidden: User \"{user.Name}\" cannot {question.Describe()}",
            info.IsResource ? new() { ["name"] = info.Name, ["group"] = info.Group, ["kind"] = info.Resource } : []);
    }
}
