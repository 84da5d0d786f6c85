using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Engine;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>Two engines on one cluster.</summary>
public sealed class ReplicaShareTests : IAsyncLifetime
{
    private const int Applications = 12;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    private readonly TestRepository _repository = new();
    private readonly List<Replica> _replicas = [];
    private TestCluster _cluster = null!;
    private string _control = "";

    public async Task InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync();
        await _cluster.InstallDefinitionsAsync();
        _control = await _cluster.CreateNamespaceAsync("control");
    }

    [Fact]
    public async Task Each_application_is_worked_on_by_one_replica_and_a_killed_ones_are_taken_over()
    {
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var (first, second) = (Start("one"), Start("two"));
        await SharedAsync();
        var names = new List<string>();
        for (var i = 0; i < Applications; i++)
        {
            names.Add(await CreateAsync());
        }

        await SyncedAsync(names, _repository.Head());
        var (byFirst, bySecond) = (names.Where(name => first.HasSynced(name)).ToList(), names.Where(name => second.HasSynced(name)).ToList());
        Assert.NotEmpty(byFirst);
        Assert.NotEmpty(bySecond);
        Assert.Empty(byFirst.Intersect(bySecond));
        Assert.Equal(Applications, byFirst.Count + bySecond.Count);

        await first.KillAsync();
        var commit = _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "2")));
        foreach (var name in names)
        {
            await PatchAsync(name, """{"metadata": {"annotations": {"argocd.argoproj.io/refresh": "normal"}}}""");
        }

        await SyncedAsync(names, commit);
        Assert.All(byFirst, name => Assert.True(second.HasSynced(name), $"{name} was taken over"));
    }

    [Fact]
    public async Task A_single_replica_begins_at_once_and_gives_its_lease_back()
    {
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var only = Start("only");

        await SyncedAsync([await CreateAsync()], _repository.Head());
        await only.StopAsync();

        Assert.Empty((await _cluster.Client.ListAsync(ApiResource.Leases, _control, ListOptions.All, default)).Items);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void A_name_moves_only_when_its_own_replica_goes(int replicas)
    {
        var members = Enumerable.Range(0, replicas).Select(i => $"replica-{i}").ToList();
        var names = Enumerable.Range(0, 1000).Select(i => new NamespacedName("argocd", $"app-{i}")).ToList();
        string Owner(IEnumerable<string> among, NamespacedName name) => among.MaxBy(member => ReplicaMember.Bid(member, name))!;

        var shares = names.CountBy(name => Owner(members, name)).ToList();
        var rest = members.Skip(1).ToList();

        Assert.Equal(replicas, shares.Count);
        Assert.All(shares, share => Assert.InRange(share.Value, 700 / replicas, 1400 / replicas));
        Assert.All(names.Where(name => Owner(members, name) != members[0]), name => Assert.Equal(Owner(members, name), Owner(rest, name)));
    }

    public async Task DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.StopAsync();
        }

        await _cluster.DisposeAsync();
        _repository.Dispose();
    }

    private Replica Start(string identity)
    {
        var replica = new Replica(_cluster, _control, identity);
        _replicas.Add(replica);
        return replica;
    }

    private Task SharedAsync() => Eventually.TrueAsync(
        () => Task.FromResult(_replicas.All(replica => replica.Logger.ToString().Contains("among: one, two", StringComparison.Ordinal))), "both replicas know of each other");

    private async Task<string> CreateAsync()
    {
        var name = TestCluster.UniqueName("app");
        var value = new KubernetesObject(ApiResource.Applications.Gvk, _control, name);
        value.Json["spec"] = new JsonObject
        {
            ["project"] = "default",
            ["source"] = new JsonObject { ["repoURL"] = _repository.Url, ["path"] = "app", ["targetRevision"] = "main" },
            ["destination"] = new JsonObject { ["server"] = Destination.InClusterServer, ["namespace"] = await _cluster.CreateNamespaceAsync() },
            ["syncPolicy"] = new JsonObject { ["automated"] = new JsonObject() },
        };
        await _cluster.Client.CreateAsync(ApiResource.Applications, value, WriteOptions.Default, default);
        return name;
    }

    private Task<KubernetesObject> PatchAsync(string name, string patch) =>
        _cluster.Client.PatchAsync(ApiResource.Applications, _control, name, PatchType.Merge, Encoding.UTF8.GetBytes(patch), PatchOptions.Default, default);

    private async Task SyncedAsync(IReadOnlyList<string> names, string commit)
    {
        foreach (var name in names)
        {
            await Eventually.TrueAsync(
                async () => await _cluster.Client.GetAsync(ApiResource.Applications, _control, name, default) is var value
                    && EngineFixture.Text(value, "sync", "status") == "Synced" && EngineFixture.Text(value, "sync", "revision") == commit && EngineFixture.Text(value, "operationState", "phase") == "Succeeded",
                $"{name} is synced to {commit}\n{string.Join("\n---\n", _replicas.Select(replica => replica.Logger))}");
        }
    }

    /// <summary>An engine of its own, as in a process of its own.</summary>
    private sealed class Replica
    {
        private readonly TemporaryDirectory _cache = new();
        private readonly CancellationTokenSource _stop = new();
        private readonly ApplicationEngine _engine;
        private readonly ApiClient _client;
        private readonly Task _running;
        private bool _isStopped;

        public Replica(TestCluster cluster, string control, string identity)
        {
            _client = new ApiClient(Kubeconfig.Load(new KubeconfigOptions { Path = cluster.KubeconfigPath }));
            var options = new EngineOptions
            {
                ControlNamespace = control,
                KeyNamespace = control,
                CacheFolder = _cache.Path,
                SearchPath = $"{Path.GetDirectoryName(ExternalPrograms.Git)}:/usr/bin:/bin",
                Sharing = new SharingOptions { Namespace = control, Identity = identity, LeaseDuration = Lease },
            };
            _engine = new ApplicationEngine(_client, options, TimeProvider.System, Logger);
            _running = _engine.RunAsync(_stop.Token);
        }

        public RecordingLogger Logger { get; } = new();

        public bool HasSynced(string application) => Logger.ToString().Contains($"/{application}: operation Succeeded", StringComparison.Ordinal);

        /// <summary>Cuts it off from the cluster first: like a killed process it can give nothing back.</summary>
        public async Task KillAsync()
        {
            _client.Dispose();
            await StopAsync();
        }

        public async Task StopAsync()
        {
            if (_isStopped)
            {
                return;
            }

            _isStopped = true;
            await _stop.CancelAsync();
            await _running.ContinueWith(static _ => { }, TaskScheduler.Default);
            _engine.Dispose();
            _client.Dispose();
            _stop.Dispose();
            _cache.Dispose();
        }
    }
}
