using Microsoft.AspNetCore.Http;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Kinds;

namespace SecretsOps.LocalCluster.Discovery;

/// <summary>Answers discovery requests, aggregated where the client prefers it.</summary>
internal sealed class DiscoveryEndpoints(KindRegistry kinds)
{
    /// <summary>Whether the path was a discovery document.</summary>
    internal async Task<bool> TryAnswerAsync(HttpContext context)
    {
        var parts = (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var catalog = kinds.Current;
        var aggregated = AggregatedVersion(context.Request);
        var document = parts switch
        {
            ["api"] when aggregated is not null => AggregatedDiscovery.Core(catalog, aggregated),
            ["apis"] when aggregated is not null => AggregatedDiscovery.Named(catalog, aggregated),
            ["api"] => DiscoveryDocuments.CoreVersions(context.Request.Host.Value ?? ""),
            ["apis"] => DiscoveryDocuments.Groups(catalog),
            ["api", var version] => DiscoveryDocuments.Resources(catalog, "", version),
            ["apis", var group] => DiscoveryDocuments.Group(catalog, group),
            ["apis", var group, var version] => DiscoveryDocuments.Resources(catalog, group, version),
            _ => null,
        };
        if (document is null)
        {
            return false;
        }

        var isAggregated = aggregated is not null && parts.Length == 1;
        var mediaType = isAggregated ? $"application/json;g=apidiscovery.k8s.io;v={aggregated};as=APIGroupDiscoveryList" : JsonResponse.MediaType;
        context.Response.Headers.Append("Vary", "Accept");
        await JsonResponse.WriteAsync(context, 200, JsonResponse.Utf8(document), mediaType);
        return true;
    }

    /// <summary>The first version of aggregated discovery that the client lists before plain JSON.</summary>
    private static string? AggregatedVersion(HttpRequest request)
    {
        foreach (var entry in request.Headers.Accept.ToString().Split(','))
        {
            var parts = entry.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0] is "application/json" or "*/*")
            {
                if (!parts.Contains("as=APIGroupDiscoveryList"))
                {
                    return null;
                }

                if (parts.FirstOrDefault(part => part is "v=v2" or "v=v2beta1") is { } version)
                {
                    return version[2..];
                }
            }
        }

        return null;
    }
}
