using System.Text.Json.Nodes;
using SecretsOps.GitOps.Health;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Inventory;

/// <summary>The images that a workload's pod template names.</summary>
internal static class ContainerImages
{
    public static IReadOnlyList<string> Of(KubernetesObject value)
    {
        var pod = value.Kind switch
        {
            "Pod" => value.At("spec"),
            "CronJob" => value.At("spec", "jobTemplate", "spec", "template", "spec"),
            _ => value.At("spec", "template", "spec"),
        };
        return pod is JsonObject spec
            ? [.. ObjectFields.Objects(spec["initContainers"]).Concat(ObjectFields.Objects(spec["containers"])).Select(container => ObjectFields.Text(container["image"])).Where(image => image.Length > 0).Distinct()]
            : [];
    }
}
