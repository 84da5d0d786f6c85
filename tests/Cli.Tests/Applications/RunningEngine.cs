using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using SecretsOps.GitOps.Engine;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Cli.Tests.Applications;

/// <summary>A cluster with the sync engine at work and a repository that its Applications come from.</summary>
public sealed class RunningEngine : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private ApplicationEngine? _engine;
    private Task _running = Task.CompletedTask;

    public TestCluster Cluster { get; private set; } = null!;

    public string ControlNamespace { get; private set; } = "";

    public string Repository => _folder.Combine("repository");

    public async Task InitializeAsync()
    {
        Cluster = await TestCluster.StartAsync();
        await Cluster.InstallDefinitionsAsync();
        ControlNamespace = await Cluster.CreateNamespaceAsync("control");
        _folder.Write("repository/README", "");
        Git("init", "--quiet", "--initial-branch=main", ".");
        var options = new EngineOptions
        {
            ControlNamespace = ControlNamespace,
            KeyNamespace = ControlNamespace,
            CacheFolder = _folder.Combine("cache"),
            SearchPath = Path.GetDirectoryName(ExternalPrograms.Git)!,
        };
        _engine = new ApplicationEngine(Cluster.Client, options, TimeProvider.System, NullLogger.Instance);
        _running = _engine.RunAsync(_stop.Token);
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _engine?.Dispose();
        _stop.Dispose();
        await Cluster.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Commits files; gives the commit.</summary>
    public string Commit(params (string Path, string? Content)[] files)
    {
        foreach (var (path, content) in files)
        {
            if (content is null)
            {
                File.Delete(Path.Combine(Repository, path));
            }
            else
            {
                _folder.Write(Path.Combine("repository", path), content);
            }
        }

        Git("add", "--all");
        Git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--allow-empty", "-m", "change");
        return Git("rev-parse", "HEAD").Trim();
    }

    /// <summary>Makes an Application of a folder; manual unless told otherwise.</summary>
    internal async Task<(string Name, string Namespace)> CreateAsync(string path, bool isAutomated = false)
    {
        var space = await Cluster.CreateNamespaceAsync();
        var value = new KubernetesObject(ApiResource.Applications.Gvk, ControlNamespace, TestCluster.UniqueName("app"));
        value.Json["spec"] = new JsonObject
        {
            ["project"] = "default",
            ["source"] = new JsonObject { ["repoURL"] = $"file://{Repository}", ["path"] = path, ["targetRevision"] = "main" },
            ["destination"] = new JsonObject { ["server"] = "https://kubernetes.default.svc", ["namespace"] = space },
            ["syncPolicy"] = isAutomated ? new JsonObject { ["automated"] = new JsonObject() } : new JsonObject(),
        };
        await Cluster.Client.CreateAsync(ApiResource.Applications, value, WriteOptions.Default, default);
        return (value.Name, space);
    }

    internal Task<CliRun> AppAsync(params string[] arguments) => RunAsync(["app", .. arguments, "--app-namespace", ControlNamespace]);

    internal Task<CliRun> RunAsync(params string[] arguments) => CliRun.SecretsOpsAsync(
        new CliSetup { Directory = Repository, Variables = { ["PATH"] = Path.GetDirectoryName(ExternalPrograms.Git)!, ["KUBECONFIG"] = Cluster.KubeconfigPath, ["USER"] = "ada" } }, arguments);

    private string Git(params string[] arguments) => ExternalProgram.Run(ExternalPrograms.Git, ["-C", Repository, .. arguments], new RunOptions()).ShouldSucceed().StandardOutput;
}
