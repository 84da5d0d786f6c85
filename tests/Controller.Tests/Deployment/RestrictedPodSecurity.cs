using System.Text.Json.Nodes;

namespace SecretsOps.Controller.Tests.Deployment;

/// <summary>The fields that Kubernetes' "restricted" Pod security standard demands or forbids.</summary>
internal static class RestrictedPodSecurity
{
    private static readonly string[] AllowedVolumes = ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"];

    /// <summary>What an admission controller would refuse; nothing when the Pod is admitted.</summary>
    public static IEnumerable<string> Violations(JsonObject pod)
    {
        foreach (var field in (string[])["hostNetwork", "hostPID", "hostIPC"])
        {
            if (IsTrue(pod[field]))
            {
                yield return field;
            }
        }

        foreach (var volume in (pod["volumes"] as JsonArray ?? []).OfType<JsonObject>().Where(volume => !AllowedVolumes.Any(volume.ContainsKey)))
        {
            yield return $"volume {volume["name"]}";
        }

        var shared = pod["securityContext"] as JsonObject;
        foreach (var container in ((JsonArray)pod["containers"]!).OfType<JsonObject>())
        {
            foreach (var violation in OfContainer(container, shared))
            {
                yield return $"{container["name"]}: {violation}";
            }
        }
    }

    private static IEnumerable<string> OfContainer(JsonObject container, JsonObject? shared)
    {
        var own = container["securityContext"] as JsonObject ?? [];
        if (own["allowPrivilegeEscalation"]?.GetValue<bool>() != false)
        {
            yield return "allowPrivilegeEscalation";
        }

        if (IsTrue(own["privileged"]))
        {
            yield return "privileged";
        }

        if (!IsTrue(own["runAsNonRoot"] ?? shared?["runAsNonRoot"]))
        {
            yield return "runAsNonRoot";
        }

        if ((own["runAsUser"] ?? shared?["runAsUser"])?.ToString() == "0")
        {
            yield return "runAsUser 0";
        }

        if ((own["seccompProfile"] ?? shared?["seccompProfile"])?["type"]?.ToString() is not ("RuntimeDefault" or "Localhost"))
        {
            yield return "seccompProfile";
        }

        var capabilities = own["capabilities"];
        if ((capabilities?["drop"] as JsonArray)?.Any(name => name?.ToString() == "ALL") != true || (capabilities?["add"] as JsonArray)?.Any(name => name?.ToString() != "NET_BIND_SERVICE") == true)
        {
            yield return "capabilities";
        }

        if ((container["ports"] as JsonArray)?.Any(port => port?["hostPort"] is not null) == true)
        {
            yield return "hostPort";
        }
    }

    private static bool IsTrue(JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool flag) && flag;
}
