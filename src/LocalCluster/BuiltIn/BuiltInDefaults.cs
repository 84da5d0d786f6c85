using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Resources;

namespace SecretsOps.LocalCluster.BuiltIn;

/// <summary>Fills what upstream fills into built-in kinds that leave it open.</summary>
internal static class BuiltInDefaults
{
    internal static void Apply(ResourceKind kind, JsonObject body, JsonObject? live, string subresource)
    {
        switch (kind.QualifiedPlural)
        {
            case "secrets":
                ApplySecret(body);
                break;
            case "namespaces":
                ApplyNamespace(body, live, subresource);
                break;
            case "services":
                ServiceDefaults.Apply(body, live);
                break;
            case "pods":
                PodDefaults.ApplySpec(body.Section("spec"));
                ApplyPodStatus(body, live);
                break;
            case "customresourcedefinitions.apiextensions.k8s.io":
                DefinitionDefaults.Apply(body, live);
                break;
            case "rolebindings.rbac.authorization.k8s.io" or "clusterrolebindings.rbac.authorization.k8s.io":
                ApplyBinding(body);
                break;
            case "persistentvolumeclaims":
                body.Section("spec").Default("volumeMode", "Filesystem");
                SetPhase(body, live, "Pending");
                break;
            default:
                WorkloadDefaults.Apply(kind, body);
                break;
        }
    }

    private static void ApplySecret(JsonObject body)
    {
        if (body["stringData"] is JsonObject plain)
        {
            var data = body.Section("data");
            foreach (var (name, value) in plain)
            {
                data[name] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value.Text()));
            }

            body.Remove("stringData");
        }

        body.Default("type", "Opaque");
    }

    private static void ApplyNamespace(JsonObject body, JsonObject? live, string subresource)
    {
        body.Section("metadata").Section("labels")["kubernetes.io/metadata.name"] = body.Text("metadata", "name");
        if (live is null)
        {
            body.Section("spec")["finalizers"] = new JsonArray("kubernetes");
        }
        else if (subresource != "finalize" && live["spec"] is { } spec)
        {
            body["spec"] = spec.DeepClone();
        }

        SetPhase(body, live, "Active");
    }

    private static void ApplyPodStatus(JsonObject body, JsonObject? live)
    {
        if (live is null)
        {
            body["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = "BestEffort" };
        }
    }

    private static void SetPhase(JsonObject body, JsonObject? live, string phase)
    {
        if (live is null)
        {
            body["status"] = new JsonObject { ["phase"] = phase };
        }
    }

    private static void ApplyBinding(JsonObject body)
    {
        (body["roleRef"] as JsonObject)?.Default("apiGroup", "rbac.authorization.k8s.io");
        foreach (var subject in body.Items("subjects").OfType<JsonObject>())
        {
            if (subject.Text("kind") is "User" or "Group")
            {
                subject.Default("apiGroup", "rbac.authorization.k8s.io");
            }
        }
    }
}
