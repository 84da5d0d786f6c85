using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Inventory;
using SecretsOps.GitOps.Settings;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Applying;

public sealed class ObjectWriterTests
{
    [Fact]
    public async Task Y37_an_object_that_does_not_go_is_told_with_what_holds_it()
    {
        await using var cluster = await TestCluster.StartAsync();
        var space = await cluster.CreateNamespaceAsync();
        var value = new KubernetesObject(ApiResource.ConfigMaps.Gvk, space, "held");
        value.Metadata["finalizers"] = new JsonArray("example.org/holder");
        var stored = await cluster.Client.CreateAsync(ApiResource.ConfigMaps, value, WriteOptions.Default, default);
        using var destination = new DestinationCluster("in-cluster", cluster.Client, ClusterScope.Everything, new CurrentSettings(), new KeyedDigest(), TimeProvider.System, NullLogger.Instance);
        var live = destination.Inventory.Put(stored, ApiResource.ConfigMaps);
        var writer = new ObjectWriter(TimeProvider.System) { DeletionPatience = TimeSpan.FromSeconds(1) };

        var refused = await Assert.ThrowsAsync<ApiException>(() => writer.DeleteAndWaitAsync(destination, ApiResource.ConfigMaps, live, default));

        Assert.Contains("/held: still there 1 s after it was deleted", refused.Message, StringComparison.Ordinal);
        Assert.Contains("held by finalizers example.org/holder", refused.Message, StringComparison.Ordinal);
        await cluster.Client.PatchAsync(ApiResource.ConfigMaps, space, "held", PatchType.Merge, """{"metadata":{"finalizers":null}}"""u8.ToArray(), PatchOptions.Default, default);
        await writer.DeleteAndWaitAsync(destination, ApiResource.ConfigMaps, live, default);
        Assert.Null(await cluster.Client.TryGetAsync(ApiResource.ConfigMaps, space, "held", default));
    }
}
