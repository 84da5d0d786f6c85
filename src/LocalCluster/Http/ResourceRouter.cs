using SecretsOps.LocalCluster.Reviews;
using SecretsOps.LocalCluster.Watching;

namespace SecretsOps.LocalCluster.Http;

/// <summary>Sends a request for a kind to the endpoint of its verb or subresource.</summary>
internal sealed class ResourceRouter(
    ReadEndpoints reads, WatchEndpoint watches, WriteEndpoints writes, PatchEndpoint patches, ScaleEndpoints scales, ReviewEndpoints reviews, SubresourceEndpoints subresources)
{
    internal Task RouteAsync(ResourceRequest request)
    {
        if (request.Kind.Verbs is ["create"])
        {
            return request.Info.Verb == "create" ? reviews.CreateAsync(request) : throw ApiErrors.MethodNotAllowed();
        }

        return request.Info.Subresource switch
        {
            "" => RouteVerb(request),
            "status" when request.Kind.HasStatus => RouteStatus(request),
            var name when request.Kind.Subresources.Any(subresource => subresource.Name == name) => name == "scale" ? scales.RouteAsync(request) : subresources.RouteAsync(request),
            _ => throw ApiErrors.NoSuchPath(),
        };
    }

    private Task RouteVerb(ResourceRequest request) => request.Info.Verb switch
    {
        "get" => reads.GetAsync(request),
        "list" => reads.ListAsync(request),
        "watch" => watches.WatchAsync(request),
        "create" when request.Info.Name.Length == 0 && IsAddressed(request) => writes.CreateAsync(request),
        "update" when request.Info.Name.Length > 0 && IsAddressed(request) => writes.UpdateAsync(request),
        "patch" when request.Info.Name.Length > 0 && IsAddressed(request) => patches.PatchAsync(request),
        "delete" when IsAddressed(request) => writes.DeleteAsync(request),
        "deletecollection" when IsAddressed(request) => writes.DeleteCollectionAsync(request),
        _ => throw ApiErrors.MethodNotAllowed(),
    };

    private Task RouteStatus(ResourceRequest request) => request.Info.Verb switch
    {
        "get" => reads.GetAsync(request),
        "update" => writes.UpdateAsync(request),
        "patch" => patches.PatchAsync(request),
        _ => throw ApiErrors.MethodNotAllowed(),
    };

    /// <summary>Whether a namespaced kind is addressed in a namespace, as every write must be.</summary>
    private static bool IsAddressed(ResourceRequest request) => !request.Kind.IsNamespaced || request.Info.Namespace.Length > 0;
}
