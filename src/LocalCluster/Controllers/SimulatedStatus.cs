using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Resources;

namespace SecretsOps.LocalCluster.Controllers;

/// <summary>The status that a workload would have once its rollout is over.</summary>
internal static class SimulatedStatus
{
    internal static bool IsSimulated(string resource) => resource is "apps/deployments" or "apps/replicasets" or "apps/statefulsets" or "apps/daemonsets"
        or "batch/jobs" or "/pods" or "/persistentvolumeclaims" or "/services" or "networking.k8s.io/ingresses";

    /// <summary>The status, or null when the object has it already.</summary>
    internal static JsonObject? For(string resource, JsonObject json, string now)
    {
        var before = json["status"] as JsonObject ?? [];
        var status = (JsonObject)before.DeepClone();
        var replicas = json.TryNumber("spec", "replicas") ?? 1;
        switch (resource)
        {
            case "apps/deployments":
                SetCounts(status, json, replicas, "replicas", "updatedReplicas", "readyReplicas", "availableReplicas");
                SetCondition(status, "Available", "MinimumReplicasAvailable", "Deployment has minimum availability.", now);
                SetCondition(status, "Progressing", "NewReplicaSetAvailable", "Rollout is simulated: no Pod runs.", now);
                break;
            case "apps/replicasets":
                SetCounts(status, json, replicas, "replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas");
                break;
            case "apps/statefulsets":
                SetCounts(status, json, replicas, "replicas", "updatedReplicas", "currentReplicas", "readyReplicas", "availableReplicas");
                SetRevision(status, json);
                break;
            case "apps/daemonsets":
                SetCounts(status, json, 1, "desiredNumberScheduled", "currentNumberScheduled", "updatedNumberScheduled", "numberReady", "numberAvailable");
                status["numberMisscheduled"] = 0;
                break;
            case "batch/jobs":
                CompleteJob(status, json, now);
                break;
            case "/pods":
                RunPod(status, json, now);
                break;
            case "/persistentvolumeclaims":
                status["phase"] = "Bound";
                break;
            case "networking.k8s.io/ingresses":
            case "/services" when json.Text("spec", "type") == "LoadBalancer":
                status["loadBalancer"] = new JsonObject { ["ingress"] = new JsonArray(new JsonObject { ["ip"] = "127.0.0.1" }) };
                break;
        }

        return JsonNode.DeepEquals(before, status) ? null : status;
    }

    private static void SetCounts(JsonObject status, JsonObject json, long count, params ReadOnlySpan<string> fields)
    {
        status["observedGeneration"] = json.Number("metadata", "generation");
        foreach (var field in fields)
        {
            status[field] = count;
        }
    }

    private static void SetCondition(JsonObject status, string type, string reason, string message, string now)
    {
        var conditions = status.Items("conditions");
        if (conditions.Any(condition => condition.Text("type") == type && condition.Text("status") == "True"))
        {
            return;
        }

        var kept = conditions.Where(condition => condition.Text("type") != type).Select(condition => condition?.DeepClone());
        status["conditions"] = new JsonArray(
        [
            .. kept,
            new JsonObject
            {
                ["type"] = type, ["status"] = "True", ["lastUpdateTime"] = now, ["lastTransitionTime"] = now, ["reason"] = reason, ["message"] = message,
            },
        ]);
    }

    private static void SetRevision(JsonObject status, JsonObject json)
    {
        var revision = $"{json.Text("metadata", "name")}-{json.Number("metadata", "generation")}";
        status["currentRevision"] = revision;
        status["updateRevision"] = revision;
    }

    private static void CompleteJob(JsonObject status, JsonObject json, string now)
    {
        if (json.Flag("spec", "suspend") || status.Text("completionTime").Length > 0)
        {
            return;
        }

        status["startTime"] = now;
        status["completionTime"] = now;
        status["succeeded"] = json.TryNumber("spec", "completions") ?? 1;
        status["ready"] = 0;
        status["uncountedTerminatedPods"] = new JsonObject();
        status["conditions"] = new JsonArray(JobCondition("SuccessCriteriaMet", now), JobCondition("Complete", now));
    }

    private static JsonObject JobCondition(string type, string now) => new()
    {
        ["type"] = type,
        ["status"] = "True",
        ["lastProbeTime"] = now,
        ["lastTransitionTime"] = now,
        ["reason"] = "CompletionsReached",
        ["message"] = "Completion is simulated: no Pod runs.",
    };

    private static void RunPod(JsonObject status, JsonObject json, string now)
    {
        if (status.Text("phase") != "Pending")
        {
            return;
        }

        var runsOnce = json.Text("spec", "restartPolicy") is "Never" or "OnFailure";
        status["phase"] = runsOnce ? "Succeeded" : "Running";
        status["startTime"] = now;
        status["conditions"] = new JsonArray([.. ((string[])["Initialized", "Ready", "ContainersReady", "PodScheduled"]).Select(type => new JsonObject
        {
            ["type"] = type, ["status"] = runsOnce && (type is "Ready" or "ContainersReady") ? "False" : "True", ["lastProbeTime"] = null, ["lastTransitionTime"] = now,
        })]);
        status["containerStatuses"] = new JsonArray([.. json.Items("spec", "containers").Select(container => new JsonObject
        {
            ["name"] = container.Text("name"), ["image"] = container.Text("image"), ["imageID"] = "", ["ready"] = !runsOnce, ["started"] = !runsOnce, ["restartCount"] = 0,
            ["state"] = runsOnce
                ? new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = 0, ["reason"] = "Completed", ["startedAt"] = now, ["finishedAt"] = now } }
                : new JsonObject { ["running"] = new JsonObject { ["startedAt"] = now } },
        })]);
    }
}
