using System.Security.Cryptography;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.LocalCluster;

namespace SecretsOps.Testing;

/// <summary>A cluster to test against: a LocalCluster in this process, or the real one that <c>SECRETSOPS_TEST_KUBECONFIG</c> names.</summary>
public sealed class TestCluster : IAsyncDisposable
{
    /// <summary>The environment variable that names the kubeconfig of a real cluster.</summary>
    public const string KubeconfigVariable = "SECRETSOPS_TEST_KUBECONFIG";

    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(1);

    private readonly TemporaryDirectory? _data;
    private readonly List<string> _namespaces = [];
    private readonly WorkloadBehaviour _workloads;

    private TestCluster(LocalClusterServer? server, TemporaryDirectory? data, string kubeconfigPath, WorkloadBehaviour workloads)
    {
        (Server, _data, KubeconfigPath, _workloads) = (server, data, kubeconfigPath, workloads);
        Client = new ApiClient(Kubeconfig.Load(new KubeconfigOptions { Path = kubeconfigPath }));
    }

    /// <summary>Whether the tests run against a real cluster.</summary>
    public static bool IsReal => RealKubeconfig is not null;

    /// <summary>The LocalCluster; null on a real cluster.</summary>
    public LocalClusterServer? Server { get; private set; }

    /// <summary>The administrator's kubeconfig.</summary>
    public string KubeconfigPath { get; }

    /// <summary>A client with the administrator's rights.</summary>
    public ApiClient Client { get; }

    private static string? RealKubeconfig => Environment.GetEnvironmentVariable(KubeconfigVariable) is { Length: > 0 } path ? path : null;

    /// <summary>Starts a cluster, or connects to the real one.</summary>
    public static async Task<TestCluster> StartAsync(WorkloadBehaviour workloads = WorkloadBehaviour.None)
    {
        if (RealKubeconfig is { } real)
        {
            return new TestCluster(null, null, real, workloads);
        }

        var data = new TemporaryDirectory();
        var options = new LocalClusterOptions { DataDirectory = data.Path, Workloads = workloads };
        var server = await LocalClusterServer.StartAsync(options, CancellationToken.None);
        return new TestCluster(server, data, server.KubeconfigPath, workloads);
    }

    /// <summary>Stops the LocalCluster and starts it again at the same address with what it had stored; a real cluster runs on.</summary>
    public async Task RestartAsync()
    {
        if (Server is null)
        {
            return;
        }

        var options = new LocalClusterOptions { DataDirectory = _data!.Path, Port = Server.BaseUri.Port, Workloads = _workloads };
        await Server.DisposeAsync();
        Server = await LocalClusterServer.StartAsync(options, CancellationToken.None);
    }

    /// <summary>A name that no other test, process or run uses.</summary>
    public static string UniqueName(string prefix) => $"{prefix}-{RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 8)}";

    /// <summary>Makes a namespace of a unique name, which is deleted with the cluster.</summary>
    public async Task<string> CreateNamespaceAsync(string prefix = "test")
    {
        var name = UniqueName(prefix);
        using var deadline = new CancellationTokenSource(LongestCall);
        await Client.CreateAsync(ApiResource.Namespaces, new KubernetesObject(new("", "v1", "Namespace"), "", name), new WriteOptions(), deadline.Token);
        lock (_namespaces)
        {
            _namespaces.Add(name);
        }

        return name;
    }

    /// <summary>Applies every file of <c>crds/</c> and waits until the API serves the kinds.</summary>
    public async Task InstallDefinitionsAsync()
    {
        foreach (var path in Directory.GetFiles(RepositoryRoot.Combine("crds"), "*.yaml"))
        {
            await InstallDefinitionsAsync(await File.ReadAllBytesAsync(path), path);
        }
    }

    /// <summary>Applies definitions of a test's own, likewise.</summary>
    public async Task InstallDefinitionsAsync(byte[] yaml, string place)
    {
        using var deadline = new CancellationTokenSource(LongestCall);
        foreach (var definition in ManifestReader.Read(yaml, place))
        {
            await Client.ApplyAsync(ApiResource.CustomResourceDefinitions, definition, new ApplyOptions { FieldManager = "secretsops-tests", Force = true }, deadline.Token);
            await Eventually.TrueAsync(() => IsEstablishedAsync(definition.Name, deadline.Token), $"{definition.Key} is established");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Server is null)
        {
            await DeleteNamespacesAsync();
        }

        Client.Dispose();
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        _data?.Dispose();
    }

    private async Task<bool> IsEstablishedAsync(string name, CancellationToken cancellationToken)
    {
        var definition = await Client.GetAsync(ApiResource.CustomResourceDefinitions, "", name, cancellationToken);
        return definition.Json["status"]?["conditions"]?.AsArray().Any(condition =>
            (string?)condition?["type"] == "Established" && (string?)condition["status"] == "True") == true;
    }

    private async Task DeleteNamespacesAsync()
    {
        foreach (var name in _namespaces)
        {
            using var deadline = new CancellationTokenSource(LongestCall);
            try
            {
                await Client.TryDeleteAsync(ApiResource.Namespaces, "", name, new DeleteOptions(), deadline.Token);
            }
            catch (ApiException exception) when (exception.IsConflict)
            {
                // A test has deleted it already, and it is not quite gone.
            }
        }
    }
}
