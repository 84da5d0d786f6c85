using k8s;
using k8s.LeaderElection;
using k8s.LeaderElection.ResourceLock;
using k8s.Models;

namespace SecretsOps.LocalCluster.Tests.Peers;

/// <summary>An independent client library finds here what it finds on any API server.</summary>
[Collection(ClusterCollection.Name)]
public sealed class KubernetesClientTests(ClusterFixture fixture)
{
    [Fact]
    public async Task It_creates_lists_and_deletes_typed_objects()
    {
        using var client = Connect();
        var @namespace = await fixture.Cluster.CreateNamespaceAsync();

        var secret = new V1Secret { Metadata = new V1ObjectMeta { Name = "typed" }, Data = new Dictionary<string, byte[]> { ["a"] = [0, 255] } };
        await client.CoreV1.CreateNamespacedSecretAsync(secret, @namespace);
        var listed = await client.CoreV1.ListNamespacedSecretAsync(@namespace, fieldSelector: "metadata.name=typed");
        await client.CoreV1.DeleteNamespacedSecretAsync("typed", @namespace);

        Assert.Equal([0, 255], Assert.Single(listed.Items).Data["a"]);
        Assert.Empty((await client.CoreV1.ListNamespacedSecretAsync(@namespace, fieldSelector: "metadata.name=typed")).Items);
    }

    [Fact]
    public async Task It_watches()
    {
        using var client = Connect();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var @namespace = await fixture.Cluster.CreateNamespaceAsync();
        await client.CoreV1.CreateNamespacedConfigMapAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "watched" } }, @namespace, cancellationToken: deadline.Token);

        var seen = new List<WatchEventType>();
        await foreach (var (type, item) in client.CoreV1.WatchListNamespacedConfigMapAsync(@namespace, fieldSelector: "metadata.name=watched", cancellationToken: deadline.Token))
        {
            seen.Add(type);
            if (type == WatchEventType.Deleted)
            {
                break;
            }

            await client.CoreV1.DeleteNamespacedConfigMapAsync(item.Name(), @namespace, cancellationToken: deadline.Token);
        }

        Assert.Equal([WatchEventType.Added, WatchEventType.Deleted], seen);
    }

    [Fact]
    public async Task It_elects_one_leader()
    {
        using var client = Connect();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var @namespace = await fixture.Cluster.CreateNamespaceAsync();
        var elected = new TaskCompletionSource();
        using var elector = new LeaderElector(new LeaderElectionConfig(new LeaseLock(client, @namespace, "leader", "first")));
        elector.OnStartedLeading += elected.SetResult;

        var running = elector.RunUntilLeadershipLostAsync(deadline.Token);
        await elected.Task.WaitAsync(deadline.Token);
        var lease = await client.CoordinationV1.ReadNamespacedLeaseAsync("leader", @namespace, cancellationToken: deadline.Token);
        await deadline.CancelAsync();

        Assert.Equal("first", lease.Spec.HolderIdentity);
        await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(30), CancellationToken.None)); // the library ends it either way
        Assert.True(running.IsCompleted);
    }

    private k8s.Kubernetes Connect() => new(KubernetesClientConfiguration.BuildConfigFromConfigFile(fixture.Cluster.KubeconfigPath));
}
