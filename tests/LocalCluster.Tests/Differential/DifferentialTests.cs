using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Tests.Differential;

/// <summary>
/// Each scenario's answers were recorded from a real API server (see Data/Differential/SOURCE.md); this cluster must give the same.
/// UPDATE_GOLDEN=1 with SECRETSOPS_TEST_KUBECONFIG records anew.
/// </summary>
public sealed class DifferentialTests(RunningCluster cluster) : IClassFixture<RunningCluster>
{
    internal static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    private static string? Kubeconfig => Environment.GetEnvironmentVariable("SECRETSOPS_TEST_KUBECONFIG");

    public static TheoryData<string> Scenarios =>
        [.. Directory.GetFiles(Scenario.Directory, "*.scenario").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Every_step_is_answered_as_the_API_server_answers(string name)
    {
        var scenario = Scenario.Load(name);
        var golden = Path.Combine(Scenario.Directory, name + ".json");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1" && Kubeconfig is { } kubeconfig)
        {
            using var real = new ServerRun(kubeconfig, () => Task.Delay(TimeSpan.FromSeconds(1.1)) /* managers are ordered by the second */);
            var recorded = await real.RunAsync(scenario, CancellationToken.None);
            await File.WriteAllTextAsync(golden, new JsonArray([.. recorded]).ToJsonString(Indented) + "\n");
        }

        using var run = new ServerRun(cluster.KubeconfigPath, cluster.LetTimePassAsync);
        Compare(scenario, await RecordedAsync(golden), await run.RunAsync(scenario, CancellationToken.None));
    }

    private static async Task<JsonArray> RecordedAsync(string path) => JsonNode.Parse(await File.ReadAllTextAsync(path))!.AsArray();

    private static void Compare(Scenario scenario, JsonArray expected, List<JsonObject> actual)
    {
        var steps = scenario.Steps.Where(step => step.Verb != "CRD").ToList();
        Assert.Equal(steps.Count, expected.Count);
        var differences = steps.SelectMany((step, i) => JsonDifference.Of(Answers.Reread(expected[i]!), actual[i], $"step {i} ({step}): "));
        Assert.True(!differences.Any(), "\n" + string.Join("\n", differences));
    }
}
