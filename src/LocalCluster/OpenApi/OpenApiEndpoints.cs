using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Kinds;

namespace SecretsOps.LocalCluster.OpenApi;

/// <summary>Answers <c>/openapi/v2</c>, <c>/openapi/v3</c> and the documents below it; each is made once for what it describes.</summary>
internal sealed class OpenApiEndpoints(KindRegistry kinds)
{
    private const string Root = "/openapi/v3";

    private readonly ConcurrentDictionary<string, ReadOnlyMemory<byte>> _documents = new(StringComparer.Ordinal);

    /// <summary>Whether the path was one of these.</summary>
    internal async Task<bool> TryAnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path == "/openapi/v2")
        {
            await OpenApiSummary.AnswerAsync(context, kinds.Current);
            return true;
        }

        if (path.TrimEnd('/') == Root)
        {
            await JsonResponse.WriteAsync(context, 200, Index(kinds.Current));
            return true;
        }

        var (group, version) = path.StartsWith(Root, StringComparison.Ordinal) ? path[Root.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["api", var core] => ("", core),
            ["apis", var named, var of] => (named, of),
            _ => ("", ""),
        } : ("", "");
        var catalog = kinds.Current;
        if (version.Length == 0 || !catalog.Serves(group, version))
        {
            return false;
        }

        var document = _documents.GetOrAdd(DigestOf(catalog, group, version), _ => JsonResponse.Utf8(OpenApiDocument.For(catalog, group, version)));
        await JsonResponse.WriteAsync(context, 200, document, JsonResponse.MediaType);
        return true;
    }

    private static JsonObject Index(KindCatalog catalog)
    {
        var paths = new JsonObject();
        foreach (var (group, version) in catalog.All.Select(kind => (kind.Gvk.Group, kind.Gvk.Version)).Distinct())
        {
            var name = group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";
            paths[name] = new JsonObject { ["serverRelativeURL"] = $"{Root}/{name}?hash={DigestOf(catalog, group, version)}" };
        }

        return new JsonObject { ["paths"] = paths };
    }

    /// <summary>Changes with what the document says: clients keep documents by it.</summary>
    private static string DigestOf(KindCatalog catalog, string group, string version)
    {
        var described = new StringBuilder($"{group}/{version}\n{typeof(OpenApiDocument).Module.ModuleVersionId}\n");
        foreach (var kind in catalog.In(group, version))
        {
            described.Append(kind.Gvk.Kind).Append(kind.Custom?.Version.ToJsonString()).Append('\n');
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(described.ToString())));
    }
}
