using SecretsOps.Testing;

namespace SecretsOps.LocalCluster.Tests;

/// <summary>One cluster for all tests of the collection; each test makes its own namespace.</summary>
[CollectionDefinition(Name)]
#pragma warning disable CA1711 // xunit calls it a collection
public sealed class ClusterCollection : ICollectionFixture<ClusterFixture>
#pragma warning restore CA1711
{
    public const string Name = "cluster";
}

public sealed class ClusterFixture : IAsyncLifetime
{
    private TestCluster? _cluster;

    public TestCluster Cluster => _cluster!;

    public async Task InitializeAsync() => _cluster = await TestCluster.StartAsync();

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}
