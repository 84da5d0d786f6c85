using System.Diagnostics;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing.Programs;

namespace SecretsOps.LocalCluster.Tests.Kubectl;

[Collection(ClusterCollection.Name)]
public sealed class KubectlWatchTests(ClusterFixture fixture)
{
    public static TheoryData<string> Versions() => [.. ExternalPrograms.KubectlVersions];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Get_with_watch_prints_changes_as_they_come(string version)
    {
        var @namespace = await fixture.Cluster.CreateNamespaceAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var start = new ProcessStartInfo(ExternalPrograms.Kubectl(version), ["-n", @namespace, "get", "configmaps", "-w", "-l", "test"]) { RedirectStandardOutput = true };
        start.Environment["KUBECONFIG"] = fixture.Cluster.KubeconfigPath;
        await CreateAsync(@namespace, "early", deadline.Token);
        using var kubectl = Process.Start(start)!;
        try
        {
            await ExpectAsync(kubectl, "early", deadline.Token);
            await CreateAsync(@namespace, "late", deadline.Token);

            await ExpectAsync(kubectl, "late", deadline.Token);
        }
        finally
        {
            kubectl.Kill();
        }
    }

    private static async Task ExpectAsync(Process process, string name, CancellationToken cancellationToken)
    {
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"kubectl ended before it printed '{name}'.");
    }

    private Task<KubernetesObject> CreateAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var body = new KubernetesObject(new("", "v1", "ConfigMap"), @namespace, name);
        body.SetLabel("test", "");
        return fixture.Cluster.Client.CreateAsync(ApiResource.ConfigMaps, body, new WriteOptions(), cancellationToken);
    }
}
