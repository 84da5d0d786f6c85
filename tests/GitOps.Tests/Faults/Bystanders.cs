using SecretsOps.GitOps.Tests.Engine;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Tests.Faults;

/// <summary>Objects that belong to no Application: whatever happens, nobody may write to them.</summary>
internal sealed class Bystanders
{
    private readonly ApiClient _client;
    private readonly List<KubernetesObject> _objects = [];

    private Bystanders(ApiClient client) => _client = client;

    /// <summary>Makes one beside the Application's objects and one in a namespace of its own.</summary>
    public static async Task<Bystanders> PlaceAsync(EngineFixture engine, string space)
    {
        var made = new Bystanders(engine.Client);
        foreach (var place in new[] { space, await engine.Cluster.CreateNamespaceAsync("bystander") })
        {
            var map = new KubernetesObject(ApiResource.ConfigMaps.Gvk, place, "bystander");
            map.Json["data"] = new System.Text.Json.Nodes.JsonObject { ["key"] = "mine" };
            made._objects.Add(await engine.Client.CreateAsync(ApiResource.ConfigMaps, map, WriteOptions.Default, default));
        }

        return made;
    }

    /// <summary>Fails when any of them was written to, or made anew.</summary>
    public async Task AreUntouchedAsync()
    {
        foreach (var before in _objects)
        {
            var now = await _client.GetAsync(ApiResource.ConfigMaps, before.Namespace, before.Name, default);
            Assert.Equal((before.Uid, before.ResourceVersion), (now.Uid, now.ResourceVersion));
        }
    }
}
