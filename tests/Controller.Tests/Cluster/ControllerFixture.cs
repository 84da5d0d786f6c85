using SecretsOps.Controller.Options;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.Cluster;

/// <summary>One cluster with the definitions, and a controller with the recorded keys that watches what a test asks for.</summary>
public class ControllerFixture : IAsyncLifetime
{
    private readonly List<RunningController> _controllers = [];

    /// <summary>Whether a controller that watches every namespace is there from the start.</summary>
    protected virtual bool HasSharedController => true;

    internal TestCluster Cluster { get; private set; } = null!;

    /// <summary>The controller that most tests share; it watches every namespace.</summary>
    internal RunningController Controller { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Cluster = await TestCluster.StartAsync();
        await Cluster.InstallDefinitionsAsync();
        if (!HasSharedController)
        {
            return;
        }

        var ownNamespace = await CreateKeyNamespaceAsync("old", "new", "rsa2048");
        var options = RunningController.Options();
        Controller = await StartAsync(ownNamespace, options with { Reconcile = options.Reconcile with { AdditionalNamespaces = [] } });
    }

    public async Task DisposeAsync()
    {
        foreach (var controller in _controllers)
        {
            await controller.DisposeAsync();
        }

        await Cluster.DisposeAsync();
    }

    /// <summary>A controller that lives as long as the fixture.</summary>
    internal async Task<RunningController> StartAsync(string ownNamespace, ControllerOptions options)
    {
        var controller = await RunningController.StartAsync(Cluster, ownNamespace, options);
        _controllers.Add(controller);
        return controller;
    }

    /// <summary>A namespace that holds the recorded keys of those names.</summary>
    internal async Task<string> CreateKeyNamespaceAsync(params string[] keys)
    {
        var name = await Cluster.CreateNamespaceAsync("controller");
        foreach (var key in keys)
        {
            await CreateKeyAsync(name, key);
        }

        return name;
    }

    /// <summary>Puts a recorded key into a namespace.</summary>
    internal Task<KubernetesObject> CreateKeyAsync(string @namespace, string key)
    {
        var secret = VectorKeys.Secret(key);
        secret.Namespace = @namespace;
        secret.Metadata.Remove("creationTimestamp");
        return Cluster.CreateAsync(ApiResource.Secrets, secret);
    }
}

/// <summary>Tests that share the cluster and its controller.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xunit's own word")]
public sealed class ControllerCollection : ICollectionFixture<ControllerFixture>
{
    public const string Name = "controller";
}

/// <summary>A cluster without the shared controller, for tests that start their own.</summary>
public sealed class BareFixture : ControllerFixture
{
    protected override bool HasSharedController => false;
}

/// <summary>Tests that start controllers of their own.</summary>
[CollectionDefinition(Name)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xunit's own word")]
public sealed class BareCollection : ICollectionFixture<BareFixture>
{
    public const string Name = "own controllers";
}
