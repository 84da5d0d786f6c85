using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Protobuf;

namespace SecretsOps.LocalCluster.OpenApi;

/// <summary>OpenAPI v2 as far as kubectl before 1.28 asks for it: which kinds can be patched, and with which parameters.</summary>
/// <remarks>
/// The protobuf form is gnostic's <c>openapi.v2.Document</c>; the numbers below are its field numbers. Types are not described:
/// kubectl then merges by the types it has built in, and the server validates.
/// </remarks>
internal static class OpenApiSummary
{
    internal const string ProtobufMediaType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    private const string KindExtension = "x-kubernetes-group-version-kind";

    private static readonly string[] PatchParameters = ["dryRun", "fieldManager", "fieldValidation", "force"];

    internal static Task AnswerAsync(HttpContext context, KindCatalog catalog) =>
        context.Request.Headers.Accept.ToString().Contains("proto-openapi", StringComparison.Ordinal)
            ? JsonResponse.WriteAsync(context, 200, ToProtobuf(catalog), ProtobufMediaType)
            : JsonResponse.WriteAsync(context, 200, ToJson(catalog));

    internal static ReadOnlyMemory<byte> ToProtobuf(KindCatalog catalog)
    {
        var paths = new WireWriter();
        foreach (var kind in Patchable(catalog))
        {
            var item = new WireWriter().Message(8, PatchOf(kind));
            paths.Message(2, new WireWriter().Text(1, PathOf(kind)).Message(2, item));
        }

        var info = new WireWriter().Text(1, "Kubernetes").Text(2, "v1.34.0");
        return new WireWriter().Text(1, "2.0").Message(2, info).Message(8, paths).Message(9, new WireWriter()).Written.ToArray();
    }

    internal static JsonObject ToJson(KindCatalog catalog)
    {
        var paths = new JsonObject();
        foreach (var kind in Patchable(catalog))
        {
            paths[PathOf(kind)] = new JsonObject
            {
                ["patch"] = new JsonObject
                {
                    ["parameters"] = new JsonArray([.. PatchParameters.Select(name => new JsonObject { ["name"] = name, ["in"] = "query", ["type"] = "string" })]),
                    ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
                    [KindExtension] = new JsonObject { ["group"] = kind.Gvk.Group, ["kind"] = kind.Gvk.Kind, ["version"] = kind.Gvk.Version },
                },
            };
        }

        return new JsonObject
        {
            ["swagger"] = "2.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.34.0" },
            ["paths"] = paths,
            ["definitions"] = new JsonObject(),
        };
    }

    private static IEnumerable<ResourceKind> Patchable(KindCatalog catalog) => catalog.All.Where(kind => kind.Verbs.Contains("patch"));

    private static string PathOf(ResourceKind kind)
    {
        var root = kind.Gvk.Group.Length == 0 ? $"/api/{kind.Gvk.Version}" : $"/apis/{kind.Gvk.Group}/{kind.Gvk.Version}";
        return kind.IsNamespaced ? $"{root}/namespaces/{{namespace}}/{kind.Plural}/{{name}}" : $"{root}/{kind.Plural}/{{name}}";
    }

    private static WireWriter PatchOf(ResourceKind kind)
    {
        var operation = new WireWriter().Text(5, $"patch{kind.Gvk.Version}{kind.Gvk.Kind}");
        foreach (var name in PatchParameters)
        {
            var query = new WireWriter().Text(2, "query").Text(4, name).Text(6, "string");
            operation.Message(8, new WireWriter().Message(1, new WireWriter().Message(2, new WireWriter().Message(3, query))));
        }

        var yaml = $"group: \"{kind.Gvk.Group}\"\nkind: {kind.Gvk.Kind}\nversion: {kind.Gvk.Version}\n";
        return operation
            .Message(9, new WireWriter())
            .Message(13, new WireWriter().Text(1, KindExtension).Message(2, new WireWriter().Text(2, yaml)));
    }
}
