using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Cryptography.Age;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.Age;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Sops;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Benchmarks.GitOps;

/// <summary>A cluster, a repository with one folder for each Application, and the Applications.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private const int Parallelism = 16;

    private readonly TemporaryDirectory _folder = new();
    private readonly X25519Identity _identity = X25519Identity.Generate();

    private Fleet(TestCluster cluster) => Cluster = cluster;

    public TestCluster Cluster { get; }

    public string ControlNamespace { get; private set; } = "";

    public string Namespace { get; private set; } = "";

    public string CacheFolder => Directory.CreateDirectory(_folder.Combine("cache")).FullName;

    private string Repository => _folder.Combine("repository");

    public static async Task<Fleet> StartAsync()
    {
        var fleet = new Fleet(await TestCluster.StartAsync().ConfigureAwait(false));
        await fleet.Cluster.InstallDefinitionsAsync().ConfigureAwait(false);
        fleet.ControlNamespace = await fleet.Cluster.CreateNamespaceAsync("bench-control").ConfigureAwait(false);
        fleet.Namespace = await fleet.Cluster.CreateNamespaceAsync("bench").ConfigureAwait(false);
        var key = new KubernetesObject(ApiResource.Secrets.Gvk, fleet.ControlNamespace, "age");
        key.SetLabel("secretsops.io/decryption-key", "active");
        key.Json["stringData"] = new JsonObject { ["age.agekey"] = fleet._identity.ToSecretText() };
        await fleet.Cluster.Client.CreateAsync(ApiResource.Secrets, key, WriteOptions.Default, default).ConfigureAwait(false);
        Directory.CreateDirectory(fleet.Repository);
        fleet.Git("init", "--quiet", "--initial-branch=main", ".");
        return fleet;
    }

    public void Write(string path, string text) => _folder.Write(Path.Combine("repository", path), text);

    /// <summary>Four objects in a folder of its own: two ConfigMaps, a ServiceAccount and a Secret that SOPS encrypted.</summary>
    public async Task WriteTenantAsync(int number)
    {
        var name = Name(number);
        Write($"{name}/a.yaml", ConfigMap($"{name}-a", 100));
        Write($"{name}/b.yaml", ConfigMap($"{name}-b", 100));
        Write($"{name}/c.yaml", $"apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: {name}}}\n");
        var secret = $"apiVersion: v1\nkind: Secret\nmetadata:\n    name: {name}\nstringData:\n    password: secret-{name}\n";
        var options = new EncryptOptions { KeyGroups = [[new AgeMasterKey(_identity.Recipient.ToString())]] };
        var encrypted = await SopsEncryptor.EncryptAsync(Encoding.UTF8.GetBytes(secret), SopsFormat.Yaml, new LocalKeyService(new KeyCredentials()), options, default).ConfigureAwait(false);
        Write($"{name}/secret.yaml", Encoding.UTF8.GetString(encrypted));
    }

    public void Commit()
    {
        Git("add", "--all");
        Git("-c", "user.name=bench", "-c", "user.email=bench@example.org", "commit", "--quiet", "-m", "bench");
    }

    public Task CreateApplicationsAsync(IEnumerable<string> folders, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(folders, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken }, async (folder, token) =>
            await Cluster.Client.CreateAsync(ApiResource.Applications, Application(folder), WriteOptions.Default, token).ConfigureAwait(false));

    /// <summary>Waits until so many Applications are synced and their operations over.</summary>
    public async Task SyncedAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            var list = await Cluster.Client.ListAsync(ApiResource.Applications, ControlNamespace, new ListOptions { Limit = 0 }, cancellationToken).ConfigureAwait(false);
            if (list.Items.Count(IsSynced) == count)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(count > 100 ? 500 : 20), cancellationToken).ConfigureAwait(false);
        }
    }

    public static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"tenant-{number:0000}");

    public static string ConfigMap(string name, int size) => $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  text: {new string('x', size)}\n";

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync().ConfigureAwait(false);
        _folder.Dispose();
    }

    private static bool IsSynced(KubernetesObject application) =>
        application.Json["status"]?["sync"]?["status"]?.ToString() == "Synced" && application.Json["status"]?["operationState"]?["phase"]?.ToString() == "Succeeded";

    private KubernetesObject Application(string folder)
    {
        var value = new KubernetesObject(ApiResource.Applications.Gvk, ControlNamespace, folder);
        value.Json["spec"] = new JsonObject
        {
            ["project"] = "default",
            ["source"] = new JsonObject { ["repoURL"] = $"file://{Repository}", ["path"] = folder, ["targetRevision"] = "main" },
            ["destination"] = new JsonObject { ["server"] = "https://kubernetes.default.svc", ["namespace"] = Namespace },
            ["syncPolicy"] = new JsonObject { ["automated"] = new JsonObject { ["prune"] = true, ["selfHeal"] = true } },
        };
        return value;
    }

    private void Git(params string[] arguments) => ExternalProgram.Run(ExternalPrograms.Git, ["-C", Repository, .. arguments], new RunOptions()).ShouldSucceed();
}
