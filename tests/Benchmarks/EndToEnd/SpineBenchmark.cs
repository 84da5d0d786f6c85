using System.Diagnostics;
using System.Globalization;
using System.Text;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Benchmarks.EndToEnd;

/// <summary>How long the main job takes through the published binaries: from a commit to the cluster, and from a deletion to its repair.</summary>
internal sealed class SpineBenchmark : IAsyncDisposable
{
    private const int Rounds = 15;
    private const string Namespace = "bench";
    private readonly TemporaryDirectory _directory = new();
    private Process? _up;
    private ApiClient? _client;

    private string Repository => _directory.Combine("shop");

    private ApiClient Client => _client ?? throw new InvalidOperationException("The cluster was not started.");

    public static Benchmark Benchmark { get; } = new(
        "spine",
        "refresh annotation to applied commit (aim 1 s), deletion to repair (aim 2 s), beside git and one raw apply",
        async (report, cancellationToken) =>
        {
            await using var run = new SpineBenchmark();
            await run.RunAsync(report, cancellationToken).ConfigureAwait(false);
        });

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_up is { HasExited: false })
        {
            _up.Kill(entireProcessTree: true);
            await _up.WaitForExitAsync().ConfigureAwait(false);
        }

        _up?.Dispose();
        _directory.Dispose();
    }

    private async Task RunAsync(BenchmarkReport report, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Repository);
        await GitAsync("init", "-q", "-b", "main").ConfigureAwait(false);
        await CommitAsync(0).ConfigureAwait(false);
        var start = Stopwatch.GetTimestamp();
        await StartAsync(cancellationToken).ConfigureAwait(false);
        report.Figure("secretsops up: start to ready", Stopwatch.GetElapsedTime(start).TotalMilliseconds, "ms");
        await ValueBecomesAsync("0", cancellationToken).ConfigureAwait(false);

        List<double> commits = [], repairs = [], peers = [];
        for (var round = 1; round <= Rounds; round++)
        {
            await CommitAsync(round).ConfigureAwait(false);
            commits.Add(await TimeAsync(() => RefreshAsync(round, cancellationToken)).ConfigureAwait(false));
            repairs.Add(await TimeAsync(() => DeleteAsync(round, cancellationToken)).ConfigureAwait(false));
            peers.Add(await TimeAsync(() => ByHandAsync(round, cancellationToken)).ConfigureAwait(false));
        }

        report.Ratio("refresh annotation to applied, median", Median(commits), "git ls-remote + raw apply", Median(peers), "ms");
        report.Figure("refresh annotation to applied, slowest", commits.Max(), "ms");
        report.Ratio("deletion to repair, median", Median(repairs), "git ls-remote + raw apply", Median(peers), "ms");
        report.Figure("deletion to repair, slowest", repairs.Max(), "ms");
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var data = _directory.Combine("data");
        string[] arguments = ["up", "--data", data, "--repo", Repository, "--path", ".", "--revision", "main", "--namespace", Namespace];
        _up = Process.Start(new ProcessStartInfo(RepositoryRoot.Combine("dist", "secretsops"), arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("'secretsops up' did not start.");
        while (await _up.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.Contains("export KUBECONFIG=", StringComparison.Ordinal))
            {
                _ = _up.StandardOutput.ReadToEndAsync(cancellationToken); // a full pipe would stop it
                _client = new ApiClient(Kubeconfig.Load(new KubeconfigOptions { Path = Path.Combine(data, "kubeconfig") }));
                return;
            }
        }

        throw new InvalidOperationException("'secretsops up' ended before it was ready.");
    }

    private async Task RefreshAsync(int round, CancellationToken cancellationToken)
    {
        await Client.PatchAsync(
            ApiResource.Applications,
            "argocd",
            "shop",
            PatchType.Merge,
            """{"metadata":{"annotations":{"argocd.argoproj.io/refresh":"normal"}}}"""u8.ToArray(),
            PatchOptions.Default,
            cancellationToken).ConfigureAwait(false);
        await ValueBecomesAsync(round.ToString(CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false);
    }

    private async Task DeleteAsync(int round, CancellationToken cancellationToken)
    {
        await Client.DeleteAsync(ApiResource.ConfigMaps, Namespace, "settings", DeleteOptions.Default, cancellationToken).ConfigureAwait(false);
        await ValueBecomesAsync(round.ToString(CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The least that any engine must do for a commit: ask Git for the revision, apply one object.</summary>
    private async Task ByHandAsync(int round, CancellationToken cancellationToken)
    {
        await GitAsync("ls-remote", Repository).ConfigureAwait(false);
        var peer = ManifestReader.Read(Manifest("by-hand", round), "benchmark")[0];
        peer.Namespace = Namespace;
        await Client.ApplyAsync(ApiResource.ConfigMaps, peer, new ApplyOptions { FieldManager = "benchmark" }, cancellationToken).ConfigureAwait(false);
    }

    private async Task ValueBecomesAsync(string value, CancellationToken cancellationToken)
    {
        while (true)
        {
            var settings = await Client.TryGetAsync(ApiResource.ConfigMaps, Namespace, "settings", cancellationToken).ConfigureAwait(false);
            if ((string?)settings?.Json["data"]?["value"] == value)
            {
                return;
            }

            await Task.Delay(2, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CommitAsync(int round)
    {
        await File.WriteAllBytesAsync(Path.Combine(Repository, "settings.yaml"), Manifest("settings", round)).ConfigureAwait(false);
        await GitAsync("add", "-A").ConfigureAwait(false);
        await GitAsync("-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "-q", "-m", "bench").ConfigureAwait(false);
    }

    private async Task GitAsync(params string[] arguments) =>
        (await ExternalProgram.RunAsync(ExternalPrograms.Git, arguments, new RunOptions { Directory = Repository }).ConfigureAwait(false)).ShouldSucceed();

    private static byte[] Manifest(string name, int round) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{value: \"{round}\"}}\n"));

    private static async Task<double> TimeAsync(Func<Task> action)
    {
        var start = Stopwatch.GetTimestamp();
        await action().ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
