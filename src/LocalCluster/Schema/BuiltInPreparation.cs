using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>What the API server fills into built-in objects beyond defaults: addresses of services, labels of jobs, a pod's class.</summary>
internal static class BuiltInPreparation
{
    /// <summary>Completes a new object.</summary>
    public static void ForCreate(string kind, JsonObject body)
    {
        switch (kind)
        {
            case "Service":
                AllocateAddresses(body);
                break;
            case "Namespace":
                body["spec"]!["finalizers"] = new JsonArray("kubernetes");
                break;
            case "PersistentVolume":
                body["status"]!["lastPhaseTransitionTime"] = body["metadata"]?["creationTimestamp"]?.DeepClone();
                break;
            case "DaemonSet":
                TemplateGeneration.Annotate(body, 1);
                break;
            case "Job":
                SelectOwnPods(body);
                break;
            case "Pod":
                CompletePod(body);
                break;
            case "CustomResourceDefinition":
                body["status"] = CrdStatus.Initial(body);
                break;
            default:
                break;
        }
    }

    /// <summary>Completes a changed object: what was allocated stays when the update leaves it out.</summary>
    public static void ForUpdate(string kind, JsonObject updated, JsonObject live)
    {
        if (kind == "DaemonSet")
        {
            TemplateGeneration.Carry(updated, live);
        }

        if (kind != "Service" || updated["spec"] is not JsonObject spec || live["spec"] is not JsonObject old)
        {
            return;
        }

        if (spec["type"]?.ToString() != "ExternalName" && old["type"]?.ToString() != "ExternalName")
        {
            foreach (var name in new[] { "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy" })
            {
                spec[name] ??= old[name]?.DeepClone();
            }
        }

        AllocateAddresses(updated);
    }

    /// <summary>
    /// This cluster has no network: addresses and ports follow from the service's name, so the same service has the same ones again.
    /// </summary>
    private static void AllocateAddresses(JsonObject service)
    {
        if (service["spec"] is not JsonObject spec || spec["type"]?.ToString() == "ExternalName")
        {
            return;
        }

        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{service["metadata"]?["namespace"]}/{service["metadata"]?["name"]}"));
        spec["clusterIP"] ??= spec["clusterIPs"]?[0]?.DeepClone() ?? $"10.96.{digest[0]}.{Math.Max((byte)1, digest[1])}";
        spec["clusterIPs"] ??= new JsonArray(spec["clusterIP"]!.DeepClone());
        spec["ipFamilies"] ??= new JsonArray("IPv4");
        spec["ipFamilyPolicy"] ??= "SingleStack";
        if (spec["type"]?.ToString() is "NodePort" or "LoadBalancer")
        {
            AllocateNodePorts(spec, BitConverter.ToUInt16(digest, 2));
        }
    }

    private static void AllocateNodePorts(JsonObject spec, int seed)
    {
        foreach (var port in (spec["ports"] as JsonArray ?? []).OfType<JsonObject>())
        {
            port["nodePort"] ??= 30000 + ((seed + (int)JsonNumbers.Of(port["port"])) % 2768);
        }
    }

    private static void SelectOwnPods(JsonObject job)
    {
        if (job["spec"]?["manualSelector"]?.ToString() == "true" || job["metadata"]?["uid"]?.ToString() is not { Length: > 0 } uid)
        {
            return;
        }

        var metadata = job["spec"]!["template"]!["metadata"]!.AsObject();
        var labels = metadata["labels"] as JsonObject ?? [];
        var name = job["metadata"]!["name"]!.ToString();
        foreach (var (key, value) in new[]
        {
            ("batch.kubernetes.io/controller-uid", uid), ("batch.kubernetes.io/job-name", name), ("controller-uid", uid), ("job-name", name),
        })
        {
            labels[key] ??= value;
        }

        metadata["labels"] = labels.Parent is null ? labels : labels.DeepClone();
        if (job["metadata"]!["labels"] is null)
        {
            job["metadata"]!["labels"] = metadata["labels"]!.DeepClone();
        }

        job["spec"]!["selector"] ??= new JsonObject { ["matchLabels"] = new JsonObject { ["batch.kubernetes.io/controller-uid"] = uid } };
    }

    private static void CompletePod(JsonObject pod)
    {
        var spec = pod["spec"]!.AsObject();
        spec["priority"] ??= 0;
        spec["preemptionPolicy"] ??= "PreemptLowerPriority";
        var tolerations = spec["tolerations"] as JsonArray ?? [];
        foreach (var key in new[] { "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable" })
        {
            if (!tolerations.Any(toleration => toleration?["key"]?.ToString() == key))
            {
                tolerations.Add((JsonNode)new JsonObject { ["key"] = key, ["operator"] = "Exists", ["effect"] = "NoExecute", ["tolerationSeconds"] = 300 });
            }
        }

        spec["tolerations"] = tolerations.Parent is null ? tolerations : tolerations.DeepClone();
        pod["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = QualityOf(spec) };
    }

    /// <summary>Guaranteed: every container limits cpu and memory to what it requests; BestEffort: nobody asks for anything.</summary>
    private static string QualityOf(JsonObject spec)
    {
        var resources = ContainerLists
            .SelectMany(name => spec[name] as JsonArray ?? []).Select(container => container?["resources"] as JsonObject ?? []).ToList();
        if (resources.All(resource => resource["limits"] is not JsonObject { Count: > 0 } && resource["requests"] is not JsonObject { Count: > 0 }))
        {
            return "BestEffort";
        }

        var isGuaranteed = resources.All(resource => Units.All(unit => resource["limits"]?[unit] is { } limit
            && JsonNode.DeepEquals(limit, resource["requests"]?[unit])));
        return isGuaranteed ? "Guaranteed" : "Burstable";
    }

    private static readonly string[] ContainerLists = ["containers", "initContainers"];
    private static readonly string[] Units = ["cpu", "memory"];
}
