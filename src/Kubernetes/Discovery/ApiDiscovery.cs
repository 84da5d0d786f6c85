using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Kubernetes.Discovery;

/// <summary>Asks the API server which kinds it serves and where; answers are kept until a kind is missing or someone says so.</summary>
public sealed class ApiDiscovery(ApiClient client)
{
    private const string Aggregated =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
        + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

    private readonly ConcurrentDictionary<(string Group, string Version), DiscoveredResource[]> _known = [];

    /// <summary>Where a kind lives, or null when the server does not serve it. A broken group hurts only its own kinds.</summary>
    /// <exception cref="ApiException">The server could not be asked.</exception>
    public async Task<ApiResource?> ResolveAsync(GroupVersionKind gvk, CancellationToken cancellationToken)
    {
        var key = (gvk.Group, gvk.Version);
        if (_known.TryGetValue(key, out var known) && Find(known, gvk.Kind) is { } resource)
        {
            return resource;
        }

        var fresh = await ReadGroupVersionAsync(gvk.Group, gvk.Version, cancellationToken);
        _known[key] = fresh;
        return Find(fresh, gvk.Kind);
    }

    /// <summary>Forgets a group, because one of its CustomResourceDefinitions changed.</summary>
    public void Forget(string group)
    {
        foreach (var key in _known.Keys.Where(key => key.Group == group))
        {
            _known.TryRemove(key, out _);
        }
    }

    /// <summary>Every kind of every group; groups that cannot be read are listed with the reason.</summary>
    public async Task<DiscoveryResult> AllAsync(CancellationToken cancellationToken)
    {
        var resources = new List<DiscoveredResource>();
        var failures = new Dictionary<string, string>();
        var core = await GetAsync("/api", Aggregated, cancellationToken);
        var groups = await GetAsync("/apis", Aggregated, cancellationToken);
        if (IsAggregated(core) && IsAggregated(groups))
        {
            DiscoveryDocuments.ReadAggregated(core, resources, failures);
            DiscoveryDocuments.ReadAggregated(groups, resources, failures);
        }
        else
        {
            var versions = DiscoveryDocuments.Texts(core["versions"]).Select(version => ("", version));
            await ReadEachAsync([.. versions, .. DiscoveryDocuments.ReadGroups(groups)], resources, failures, cancellationToken);
        }

        foreach (var group in resources.GroupBy(found => (found.Resource.Group, found.Resource.Version)))
        {
            _known[group.Key] = [.. group];
        }

        return new DiscoveryResult(resources, failures);
    }

    /// <summary>The server's version as <c>/version</c> tells it: <c>gitVersion</c>, <c>major</c>, <c>minor</c>.</summary>
    public async Task<JsonObject> ServerVersionAsync(CancellationToken cancellationToken) =>
        (JsonObject)await GetAsync("/version", "application/json", cancellationToken);

    private static ApiResource? Find(DiscoveredResource[] resources, string kind) =>
        Array.Find(resources, found => found.Resource.Kind == kind)?.Resource;

    private static bool IsAggregated(JsonNode document) => document["kind"]?.ToString() == "APIGroupDiscoveryList";

    private async Task ReadEachAsync(
        List<(string Group, string Version)> versions,
        List<DiscoveredResource> resources,
        Dictionary<string, string> failures,
        CancellationToken cancellationToken)
    {
        var reads = versions.Select(async at =>
        {
            try
            {
                return (at, Found: await ReadGroupVersionAsync(at.Group, at.Version, cancellationToken), Failure: "");
            }
            catch (ApiException e)
            {
                return (at, Found: [], Failure: e.Message);
            }
        });
        foreach (var (at, found, failure) in await Task.WhenAll(reads))
        {
            resources.AddRange(found);
            if (failure.Length > 0)
            {
                failures[at.Group.Length == 0 ? at.Version : $"{at.Group}/{at.Version}"] = failure;
            }
        }
    }

    private async Task<DiscoveredResource[]> ReadGroupVersionAsync(string group, string version, CancellationToken cancellationToken)
    {
        var path = group.Length == 0 ? $"/api/{version}" : $"/apis/{group}/{version}";
        try
        {
            var list = await GetAsync(path, "application/json", cancellationToken);
            return [.. DiscoveryDocuments.ReadResourceList(list, group, version)];
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return [];
        }
    }

    private async Task<JsonNode> GetAsync(string path, string accept, CancellationToken cancellationToken)
    {
        var request = new ApiRequest { Method = HttpMethod.Get, Path = path, Description = $"discovery of {path}", Accept = accept };
        var response = await client.SendAsync(request, cancellationToken);
        if (!response.IsSuccess)
        {
            throw StatusReader.ToException(request.Description, response);
        }

        try
        {
            return JsonNode.Parse(response.Body) as JsonObject ?? throw new JsonException("expected an object");
        }
        catch (JsonException e)
        {
            throw new ApiException($"{request.Description} failed: the answer is not JSON ({response.ContentType})", response.Status, "", e);
        }
    }
}
