using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Testing.Faults;

/// <summary>Objects that belong to no Application: whatever happens, nobody may write to them.</summary>
public sealed class Bystanders
{
    private readonly ApiClient _client;
    private readonly List<KubernetesObject> _objects = [];

    private Bystanders(ApiClient client) => _client = client;

    /// <summary>Makes one beside the Application's objects and one in a namespace of its own.</summary>
    public static async Task<Bystanders> PlaceAsync(TestCluster cluster, string space)
    {
        var made = new Bystanders(cluster.Client);
        foreach (var place in new[] { space, await cluster.CreateNamespaceAsync("bystander") })
        {
            var map = new KubernetesObject(ApiResource.ConfigMaps.Gvk, place, "bystander");
            map.Json["data"] = new JsonObject { ["key"] = "mine" };
            made._objects.Add(await cluster.Client.CreateAsync(ApiResource.ConfigMaps, map, WriteOptions.Default, default));
        }

        return made;
    }

    /// <summary>Those that were written to, made anew or deleted since.</summary>
    public async Task<IReadOnlyList<string>> TouchedAsync()
    {
        var touched = new List<string>();
        foreach (var before in _objects)
        {
            var now = await _client.TryGetAsync(ApiResource.ConfigMaps, before.Namespace, before.Name, default);
            if ((now?.Uid, now?.ResourceVersion) != (before.Uid, before.ResourceVersion))
            {
                touched.Add(before.Key.ToString());
            }
        }

        return touched;
    }
}
