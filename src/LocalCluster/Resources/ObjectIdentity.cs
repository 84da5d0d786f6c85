using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Resources;

/// <summary>Holds what an object says it is against where it was sent.</summary>
internal static class ObjectIdentity
{
    internal static StorageKey KeyOf(ResourceKind kind, string @namespace, string name) =>
        new(kind.StorageResource, kind.IsNamespaced ? @namespace : "", name);

    /// <summary>Checks apiVersion, kind and namespace, and fills what the address already says.</summary>
    /// <exception cref="StatusException">They disagree.</exception>
    internal static void Check(ResourceKind kind, string @namespace, JsonObject body)
    {
        if (kind.Custom is null)
        {
            // A built-in object may leave out what the address says; a custom one may not.
            body["apiVersion"] ??= kind.Gvk.ApiVersion;
            body["kind"] ??= kind.Gvk.Kind;
        }

        var (apiVersion, kindName) = (body.Text("apiVersion"), body.Text("kind"));
        if (kindName.Length == 0)
        {
            throw ApiErrors.BadRequest("Object 'Kind' is missing in the request body");
        }

        if (apiVersion != kind.Gvk.ApiVersion)
        {
            throw ApiErrors.BadRequest($"the API version in the data ({apiVersion}) does not match the expected API version ({kind.Gvk.ApiVersion})");
        }

        if (kindName != kind.Gvk.Kind)
        {
            throw ApiErrors.BadRequest($"the kind in the data ({kindName}) does not match the expected kind ({kind.Gvk.Kind})");
        }

        if (body["metadata"] is not (null or JsonObject))
        {
            throw ApiErrors.BadRequest("the object's metadata is not an object");
        }

        CheckNamespace(kind, @namespace, body.Section("metadata"));
    }

    /// <summary>Checks that an update does not rename the object.</summary>
    internal static void CheckName(string name, JsonObject body)
    {
        var metadata = body.Section("metadata");
        var given = metadata.Text("name");
        if (given.Length == 0)
        {
            metadata["name"] = name;
        }
        else if (given != name)
        {
            throw ApiErrors.BadRequest($"the name of the object ({given}) does not match the name on the URL ({name})");
        }
    }

    private static void CheckNamespace(ResourceKind kind, string @namespace, JsonObject metadata)
    {
        var given = metadata.Text("namespace");
        if (!kind.IsNamespaced)
        {
            metadata.Remove("namespace");
        }
        else if (given.Length == 0)
        {
            metadata["namespace"] = @namespace;
        }
        else if (given != @namespace)
        {
            throw ApiErrors.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }
    }
}
