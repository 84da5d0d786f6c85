using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Kinds;

namespace SecretsOps.LocalCluster.OpenApi;

/// <summary>The OpenAPI v3 document of one group version: what kubectl reads for validation, patches and <c>explain</c>.</summary>
internal static class OpenApiDocument
{
    private static readonly string[] WriteParameters = ["dryRun", "fieldManager", "fieldValidation"];

    private static readonly string[] CustomPatchTypes = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"];

    private static readonly string[] BuiltInPatchTypes = [.. CustomPatchTypes, "application/strategic-merge-patch+json"];

    internal static JsonObject For(KindCatalog catalog, string group, string version)
    {
        var schemas = new OpenApiSchemas();
        var paths = new JsonObject();
        foreach (var kind in catalog.In(group, version))
        {
            schemas.Add(kind);
            AddPaths(paths, kind);
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.34.0" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas.ToJson() },
        };
    }

    private static void AddPaths(JsonObject paths, ResourceKind kind)
    {
        var root = kind.Gvk.Group.Length == 0 ? $"/api/{kind.Gvk.Version}" : $"/apis/{kind.Gvk.Group}/{kind.Gvk.Version}";
        var collection = kind.IsNamespaced ? $"{root}/namespaces/{{namespace}}/{kind.Plural}" : $"{root}/{kind.Plural}";
        if (kind.Verbs is ["create"])
        {
            paths[collection] = new JsonObject { ["post"] = Operation(kind, "post", "post") };
            return;
        }

        paths[collection] = new JsonObject
        {
            ["get"] = Operation(kind, "get", "list"),
            ["post"] = Operation(kind, "post", "post"),
            ["delete"] = Operation(kind, "delete", "deletecollection"),
        };
        paths[$"{collection}/{{name}}"] = new JsonObject
        {
            ["get"] = Operation(kind, "get", "get"),
            ["put"] = Operation(kind, "put", "put"),
            ["patch"] = Operation(kind, "patch", "patch"),
            ["delete"] = Operation(kind, "delete", "delete"),
        };
        if (kind.IsNamespaced)
        {
            paths[$"{root}/{kind.Plural}"] = new JsonObject { ["get"] = Operation(kind, "get", "list") };
        }
    }

    private static JsonObject Operation(ResourceKind kind, string method, string action)
    {
        var operation = new JsonObject { ["operationId"] = $"{action}{kind.Gvk.Version}{kind.Gvk.Kind}" };
        if (method is "post" or "put" or "patch")
        {
            operation["parameters"] = new JsonArray([.. WriteParameters.Append(method == "patch" ? "force" : "pretty").Select(Parameter)]);
            operation["requestBody"] = new JsonObject { ["content"] = Content(kind, method == "patch" ? PatchTypes(kind) : ["application/json"]) };
        }

        operation["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK", ["content"] = Content(kind, ["application/json"]) } };
        operation["x-kubernetes-action"] = action;
        operation["x-kubernetes-group-version-kind"] =
            new JsonObject { ["group"] = kind.Gvk.Group, ["kind"] = kind.Gvk.Kind, ["version"] = kind.Gvk.Version };
        return operation;
    }

    /// <summary>kubectl chooses its patch by what stands here: custom kinds have no merge keys.</summary>
    private static string[] PatchTypes(ResourceKind kind) => kind.Custom is null ? BuiltInPatchTypes : CustomPatchTypes;

    private static JsonObject Parameter(string name) => new()
    {
        ["name"] = name,
        ["in"] = "query",
        ["schema"] = new JsonObject { ["type"] = name == "force" ? "boolean" : "string", ["uniqueItems"] = true },
    };

    private static JsonObject Content(ResourceKind kind, string[] mediaTypes)
    {
        var content = new JsonObject();
        foreach (var mediaType in mediaTypes)
        {
            content[mediaType] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = $"#/components/schemas/{OpenApiSchemas.NameOf(kind)}" } };
        }

        return content;
    }
}
