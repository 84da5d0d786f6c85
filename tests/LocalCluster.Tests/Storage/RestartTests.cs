using SecretsOps.Kubernetes.Client;
using SecretsOps.Testing;

namespace SecretsOps.LocalCluster.Tests.Storage;

public sealed class RestartTests
{
    [Fact]
    public async Task Objects_certificates_and_definitions_survive_a_restart()
    {
        using var directory = new TemporaryDirectory();
        string uid;
        await using (var server = await StartAsync(directory))
        {
            using var client = Connect(server);
            uid = (await client.CreateAsync(ApiResource.ConfigMaps, new(new("", "v1", "ConfigMap"), "default", "kept"), new WriteOptions(), default)).Uid;
        }

        var authority = await File.ReadAllTextAsync(directory.Combine("pki", "ca.crt"));
        await using (var server = await StartAsync(directory))
        {
            using var client = Connect(server);

            Assert.Equal(uid, (await client.GetAsync(ApiResource.ConfigMaps, "default", "kept", default)).Uid);
            Assert.Equal(authority, await File.ReadAllTextAsync(directory.Combine("pki", "ca.crt")));
        }
    }

    private static Task<LocalClusterServer> StartAsync(TemporaryDirectory directory) =>
        LocalClusterServer.StartAsync(new LocalClusterOptions { DataDirectory = directory.Path }, default);

    private static ApiClient Connect(LocalClusterServer server) => new(Kubeconfig.Load(new KubeconfigOptions { Path = server.KubeconfigPath }));
}
