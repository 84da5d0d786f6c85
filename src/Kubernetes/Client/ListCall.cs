using System.Globalization;
using System.Text.Json;

namespace SecretsOps.Kubernetes.Client;

/// <summary>Reads a list page by page; starts over without pages when the server forgets where they were.</summary>
internal sealed class ListCall(ApiTransport transport, ApiResource resource, string @namespace, ListOptions options)
{
    private const string MetadataList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

    internal async Task<RawObjectList> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadPagesAsync(options.Limit, cancellationToken);
        }
        catch (ApiException e) when (e.IsGone && options.Limit > 0)
        {
            return await ReadPagesAsync(0, cancellationToken);
        }
    }

    private async Task<RawObjectList> ReadPagesAsync(int limit, CancellationToken cancellationToken)
    {
        var items = new List<byte[]>();
        var trim = new ObjectTrim(resource.Gvk, options.KeepManagedFields, options.MetadataOnly);
        var next = "";
        do
        {
            var request = PageRequest(limit, next);
            var response = await transport.SendAsync(request, cancellationToken);
            if (!response.IsSuccess)
            {
                throw StatusReader.ToException(request.Description, response);
            }

            var page = Parse(request, response, trim, items);
            if (page.Continue.Length == 0)
            {
                return new RawObjectList(items, page.ResourceVersion);
            }

            next = page.Continue;
        }
        while (true);
    }

    private ApiRequest PageRequest(int limit, string next)
    {
        var query = new Query(resource.CollectionPath(@namespace))
            .Add("labelSelector", options.LabelSelector)
            .Add("fieldSelector", options.FieldSelector)
            .AddIf(limit > 0 && options.ResourceVersion != "0", "limit", limit.ToString(CultureInfo.InvariantCulture))
            .AddIf(next.Length == 0, "resourceVersion", options.ResourceVersion)
            .Add("continue", next);
        return new ApiRequest
        {
            Method = HttpMethod.Get,
            Path = query.ToString(),
            Description = Describe(resource, @namespace, "list"),
            Accept = options.MetadataOnly ? MetadataList : "application/json",
        };
    }

    internal static string Describe(ApiResource resource, string @namespace, string verb) =>
        @namespace.Length > 0 ? $"{resource.QualifiedPlural} in '{@namespace}': {verb}" : $"{resource.QualifiedPlural}: {verb}";

    private static ListPage Parse(ApiRequest request, ApiResponse response, ObjectTrim trim, List<byte[]> items)
    {
        try
        {
            return ListPage.Parse(response.Body, trim, items);
        }
        catch (JsonException e)
        {
            throw new ApiException($"{request.Description} failed: the answer is not a list ({response.ContentType})", response.Status, "", e);
        }
    }
}
