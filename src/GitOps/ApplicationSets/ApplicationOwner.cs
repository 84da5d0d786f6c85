using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.ApplicationSets;

/// <summary>The owner reference by which an Application belongs to the set that made it.</summary>
internal static class ApplicationOwner
{
    private static readonly byte[] Kind = "\"ApplicationSet\""u8.ToArray();

    public static bool Is(KubernetesObject application, KubernetesObject set) =>
        application.Metadata.ObjectsAt("ownerReferences").Any(owner => owner.TextAt("uid") == set.Uid);

    /// <summary>Whoever controls an Application other than a set, as <c>Kind/name</c>; or null.</summary>
    public static string? Other(KubernetesObject application, KubernetesObject set) => application.Metadata.ObjectsAt("ownerReferences")
        .Where(owner => owner.FlagAt("controller") && owner.TextAt("uid") != set.Uid)
        .Select(owner => $"{owner.TextAt("kind")}/{owner.TextAt("name")}").FirstOrDefault();

    /// <summary>The name of the set that an Application belongs to, or null.</summary>
    public static string? SetOf(ReadOnlyMemory<byte> application)
    {
        // Most Applications belong to none: they are not parsed to find that out.
        if (application.Span.IndexOf(Kind) < 0)
        {
            return null;
        }

        return KubernetesObject.Parse(application.Span).Metadata.ObjectsAt("ownerReferences")
            .Where(owner => owner.TextAt("kind") == ApiResource.ApplicationSets.Kind && owner.FlagAt("controller")).Select(owner => owner.TextAt("name")).FirstOrDefault();
    }

    /// <summary>The references of an Application with the set as its controller.</summary>
    public static JsonArray With(JsonArray? references, KubernetesObject set)
    {
        var others = references?.OfType<JsonObject>().Where(owner => owner.TextAt("uid") != set.Uid).Select(owner => owner.DeepClone()) ?? [];
        var own = new JsonObject
        {
            ["apiVersion"] = ApiResource.ApplicationSets.Gvk.ApiVersion,
            ["kind"] = ApiResource.ApplicationSets.Kind,
            ["name"] = set.Name,
            ["uid"] = set.Uid,
            ["controller"] = true,
            ["blockOwnerDeletion"] = true,
        };
        return new JsonArray([.. others, own]);
    }

    /// <summary>The references of an Application without the set.</summary>
    public static JsonArray Without(JsonArray? references, KubernetesObject set) =>
        new([.. references?.OfType<JsonObject>().Where(owner => owner.TextAt("uid") != set.Uid).Select(owner => owner.DeepClone()) ?? []]);
}
