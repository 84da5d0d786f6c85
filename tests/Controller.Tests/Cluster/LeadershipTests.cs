using SecretsOps.Controller.Options;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.Cluster;

[Collection(BareCollection.Name)]
public sealed class LeadershipTests(BareFixture fixture)
{
    private readonly TestCluster _cluster = fixture.Cluster;

    [Fact]
    public async Task Of_two_replicas_one_writes_both_serve_and_the_other_takes_over()
    {
        var (ownNamespace, watched) = (await _cluster.CreateNamespaceAsync("controller"), await _cluster.CreateNamespaceAsync());
        var options = RunningController.Options(watched) with { Replica = new ReplicaOptions { LeaseDuration = TimeSpan.FromSeconds(3) } };
        var first = await RunningController.StartAsync(_cluster, ownNamespace, options);
        await using var second = await RunningController.StartAsync(_cluster, ownNamespace, options);

        // The follower made no key of its own, and serves the leader's.
        Assert.Equal((true, false), (first.Host.Metrics.IsLeader, second.Host.Metrics.IsLeader));
        Assert.Equal(await CertificateAsync(first), await CertificateAsync(second));
        await _cluster.CreateAsync(ApiResource.SealedSecrets, Seal(first, watched, "before"));
        await _cluster.SyncedBecomesAsync(watched, "before", "True");
        Assert.Equal(0, second.Host.Metrics.PrivateOperations);

        await first.DisposeAsync();
        await Eventually.TrueAsync(() => Task.FromResult(second.Host.Metrics.IsLeader), "the other replica leads");
        await _cluster.CreateAsync(ApiResource.SealedSecrets, Seal(second, watched, "after"));
        await _cluster.SyncedBecomesAsync(watched, "after", "True");

        Assert.Single((await _cluster.Client.ListAsync(ApiResource.Secrets, ownNamespace, ListOptions.All, CancellationToken.None)).Items);
    }

    private static async Task<string> CertificateAsync(RunningController controller)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(controller.Host.Http.Api, "/v1/cert.pem"));
    }

    private static Kubernetes.Objects.KubernetesObject Seal(RunningController controller, string @namespace, string name)
    {
        var secret = new Kubernetes.Objects.KubernetesObject(ApiResource.Secrets.Gvk, @namespace, name);
        secret.Json["stringData"] = new System.Text.Json.Nodes.JsonObject { ["a"] = "1" };
        using var plain = SealedSecrets.PlainSecret.Read(secret);
        return SealedSecrets.Sealer.Seal(plain, controller.Host.Keys.Ring.Active!.Certificate, new SealedSecrets.SealOptions());
    }
}
