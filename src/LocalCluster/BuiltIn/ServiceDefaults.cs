using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Resources;

namespace SecretsOps.LocalCluster.BuiltIn;

/// <summary>Fills a Service, its cluster address included.</summary>
internal static class ServiceDefaults
{
    internal static void Apply(JsonObject body, JsonObject? live)
    {
        var spec = body.Section("spec");
        spec.Default("type", "ClusterIP");
        spec.Default("sessionAffinity", "None");
        if (spec.Text("type") == "ExternalName")
        {
            return;
        }

        spec.Default("internalTrafficPolicy", "Cluster");
        Address(spec, live?["spec"]);
        foreach (var port in spec.Items("ports").OfType<JsonObject>())
        {
            port.Default("protocol", "TCP");
            if (port["port"] is { } number)
            {
                port.Default("targetPort", number.DeepClone());
            }
        }
    }

    private static void Address(JsonObject spec, JsonNode? live)
    {
        if (spec.Text("clusterIP").Length == 0)
        {
            // Nothing listens there: an address of the usual service range, so that objects look as they do elsewhere.
            spec["clusterIP"] = live.Text("clusterIP") is { Length: > 0 } kept
                ? kept
                : $"10.96.{RandomNumberGenerator.GetInt32(1, 255)}.{RandomNumberGenerator.GetInt32(1, 255)}";
        }

        spec.Default("clusterIPs", new JsonArray(spec.Text("clusterIP")));
        spec.Default("ipFamilies", new JsonArray("IPv4"));
        spec.Default("ipFamilyPolicy", "SingleStack");
    }
}
