using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.Faults;
using SecretsOps.Testing.Programs;

namespace SecretsOps.EndToEnd.Tests;

/// <summary><c>kill -9</c> of the published engine at random moments of waves and hooks, while the API server lives on.</summary>
public sealed class EngineKillTests : IDisposable
{
    private const int Rounds = 4;
    private const int KillsPerRound = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_commit_arrives_its_hooks_run_once_and_status_tells_the_truth_meanwhile()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.InstallDefinitionsAsync();
        var (control, space) = (await cluster.CreateNamespaceAsync("control"), await cluster.CreateNamespaceAsync());
        var bystanders = await Bystanders.PlaceAsync(cluster, space);
        await GitAsync("init", "-q", "-b", "main", ".");
        await CommitAsync(0);
        await cluster.Client.CreateAsync(ApiResource.Applications, Application(control, space), WriteOptions.Default, default);
        await using var jobs = new JobLedger(cluster.Client, space);
        await using var witness = new StatusWitness(cluster.Client, control, "shop", space, ["a", "b", "c"]);

        for (var round = 0; round < Rounds; round++)
        {
            var commit = await CommitAsync(round);
            witness.Expect(commit, Text(round));
            for (var kill = 0; kill < KillsPerRound; kill++)
            {
                using var victim = new EngineProcess(cluster.KubeconfigPath, control, _folder.Path);
                await Task.Delay(RandomNumberGenerator.GetInt32(1200));
                await victim.KillAsync();
            }

            using var survivor = new EngineProcess(cluster.KubeconfigPath, control, _folder.Path);
            await UntilSyncedAsync(cluster, control, commit, survivor);
            Assert.Equal(new Dictionary<string, int> { ["pre"] = round + 1, ["mid"] = round + 1, ["post"] = round + 1 }, jobs.Runs.ToDictionary());
            await survivor.KillAsync();
        }

        var maps = (await cluster.Client.ListAsync(ApiResource.ConfigMaps, space, ListOptions.All, default)).Items.Where(map => map.Name is not ("kube-root-ca.crt" or "openshift-service-ca.crt" or "bystander"));
        Assert.Equal(["a=3", "b=3", "c=3"], maps.Select(map => $"{map.Name}={map.Json["data"]!["key"]}").Order());
        Assert.Empty(await bystanders.TouchedAsync());
        Assert.Empty(witness.Lies);
        Assert.True(witness.Truths > 0, "the Application never said that it was synced");
    }

    private static async Task UntilSyncedAsync(TestCluster cluster, string control, string commit, EngineProcess engine)
    {
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    var status = (await cluster.Client.GetAsync(ApiResource.Applications, control, "shop", default)).Json["status"];
                    return (string?)status?["sync"]?["status"] == "Synced" && (string?)status["operationState"]?["phase"] == "Succeeded" && (string?)status["operationState"]!["syncResult"]?["revision"] == commit;
                },
                $"the Application is synced to {commit}",
                Patience);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message}\n{(await cluster.Client.GetAsync(ApiResource.Applications, control, "shop", default)).Json["status"]}\n{engine.Log}", exception);
        }
    }

    private KubernetesObject Application(string control, string space)
    {
        var application = new KubernetesObject(ApiResource.Applications.Gvk, control, "shop");
        application.Json["spec"] = JsonNode.Parse($$$"""
            {"project": "default", "source": {"repoURL": "file://{{{_folder.Path}}}/repository", "path": "app", "targetRevision": "main"},
             "destination": {"server": "https://kubernetes.default.svc", "namespace": "{{{space}}}"},
             "syncPolicy": {"automated": {"prune": true, "selfHeal": true} } }
            """);
        return application;
    }

    private async Task<string> CommitAsync(int round)
    {
        foreach (var (name, hook) in new[] { ("pre", "PreSync"), ("mid", "Sync"), ("post", "PostSync") })
        {
            _folder.Write($"repository/app/{name}.yaml", JobLedger.Manifest(name, hook, ("round", Text(round))));
        }

        foreach (var (name, wave) in new[] { ("a", -1), ("b", 1), ("c", 2) })
        {
            _folder.Write($"repository/app/{name}.yaml", $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  annotations: {{argocd.argoproj.io/sync-wave: \"{wave}\"}}\ndata: {{key: \"{round}\"}}\n");
        }

        await GitAsync("add", "-A");
        await GitAsync("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-q", "--allow-empty", "-m", $"round {round}");
        return (await GitAsync("rev-parse", "HEAD")).StandardOutput.Trim();
    }

    private async Task<ProgramResult> GitAsync(params string[] arguments)
    {
        var folder = Directory.CreateDirectory(_folder.Combine("repository")).FullName;
        return (await ExternalProgram.RunAsync(ExternalPrograms.Git, arguments, new RunOptions { Directory = folder })).ShouldSucceed();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
