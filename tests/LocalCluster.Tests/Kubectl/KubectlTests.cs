using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.LocalCluster.Tests.Kubectl;

/// <summary>The real kubectl, three versions, on built-in kinds and on custom ones.</summary>
[Collection(ClusterCollection.Name)]
public sealed class KubectlTests(ClusterFixture fixture)
{
    private static readonly string Data = RepositoryRoot.Combine("tests", "LocalCluster.Tests", "Data", "Kubectl");

    public static TheoryData<string, string> Scripts()
    {
        var rows = new TheoryData<string, string>();
        foreach (var version in ExternalPrograms.KubectlVersions)
        {
            foreach (var script in Directory.GetFiles(Data, "*.script").Order(StringComparer.Ordinal))
            {
                rows.Add(version, Path.GetFileNameWithoutExtension(script));
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Kubectl_works(string version, string script)
    {
        var @namespace = await fixture.Cluster.CreateNamespaceAsync("kubectl");
        using var manifests = new TemporaryDirectory();
        foreach (var manifest in Directory.GetFiles(Data, "*.yaml"))
        {
            var text = await File.ReadAllTextAsync(manifest);
            manifests.Write(Path.GetFileName(manifest), text.Replace("$N", @namespace, StringComparison.Ordinal));
        }

        var player = new KubectlScript(ExternalPrograms.Kubectl(version), fixture.Cluster.KubeconfigPath, @namespace, manifests.Path);
        await player.PlayAsync(Path.Combine(Data, script + ".script"));
    }
}
