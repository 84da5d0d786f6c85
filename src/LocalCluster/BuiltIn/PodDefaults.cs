using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Resources;

namespace SecretsOps.LocalCluster.BuiltIn;

/// <summary>Fills a Pod's spec, its containers, probes and volumes.</summary>
internal static class PodDefaults
{
    private const int DefaultFileMode = 420; // 0644

    internal static void ApplySpec(JsonObject spec)
    {
        spec.Default("restartPolicy", "Always");
        spec.Default("terminationGracePeriodSeconds", 30);
        spec.Default("dnsPolicy", "ClusterFirst");
        spec.Default("securityContext", new JsonObject());
        spec.Default("schedulerName", "default-scheduler");
        if (spec.Text("serviceAccountName") is { Length: > 0 } account)
        {
            spec["serviceAccount"] = account;
        }

        foreach (var container in spec.Items("initContainers").Concat(spec.Items("containers")).OfType<JsonObject>())
        {
            ApplyContainer(container);
        }

        foreach (var volume in spec.Items("volumes").OfType<JsonObject>())
        {
            ApplyVolume(volume);
        }
    }

    private static void ApplyContainer(JsonObject container)
    {
        container.Default("resources", new JsonObject());
        container.Default("terminationMessagePath", "/dev/termination-log");
        container.Default("terminationMessagePolicy", "File");
        container.Default("imagePullPolicy", IsLatest(container.Text("image")) ? "Always" : "IfNotPresent");
        foreach (var port in container.Items("ports").OfType<JsonObject>())
        {
            port.Default("protocol", "TCP");
        }

        foreach (var variable in container.Items("env").OfType<JsonObject>())
        {
            (variable.Find("valueFrom", "fieldRef") as JsonObject)?.Default("apiVersion", "v1");
        }

        foreach (var name in (string[])["livenessProbe", "readinessProbe", "startupProbe"])
        {
            if (container[name] is JsonObject probe)
            {
                ApplyProbe(probe);
            }
        }
    }

    private static void ApplyProbe(JsonObject probe)
    {
        probe.Default("timeoutSeconds", 1);
        probe.Default("periodSeconds", 10);
        probe.Default("successThreshold", 1);
        probe.Default("failureThreshold", 3);
        if (probe["httpGet"] is JsonObject get)
        {
            get.Default("path", "/");
            get.Default("scheme", "HTTP");
        }
    }

    private static void ApplyVolume(JsonObject volume)
    {
        foreach (var kind in (string[])["secret", "configMap", "projected", "downwardAPI"])
        {
            (volume[kind] as JsonObject)?.Default("defaultMode", DefaultFileMode);
        }

        (volume["hostPath"] as JsonObject)?.Default("type", "");
    }

    private static bool IsLatest(string image)
    {
        var name = image[(image.LastIndexOf('/') + 1)..];
        return !name.Contains('@', StringComparison.Ordinal)
            && (!name.Contains(':', StringComparison.Ordinal) || name.EndsWith(":latest", StringComparison.Ordinal));
    }
}
