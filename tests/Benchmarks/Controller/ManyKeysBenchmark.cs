using SecretsOps.SealedSecrets;
using SecretsOps.Testing;

namespace SecretsOps.Benchmarks.Controller;

/// <summary>Issue 3, acceptance 4: a ring of 60 keys costs one private operation per item where the key is recorded.</summary>
internal static class ManyKeysBenchmark
{
    private const int Keys = 60;
    private const int Objects = 120;
    private const int Items = 2;

    public static readonly Benchmark Benchmark = new(
        "controller-many-keys", "a ring of 60 keys: private operations per item where the sealing key is recorded, against one", RunAsync);

    private static async Task RunAsync(BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var cluster = await TestCluster.StartAsync().ConfigureAwait(false);
        var fleet = await SealedFleet.CreateAsync(cluster).ConfigureAwait(false);
        var certificates = new List<SealingCertificate>();
        for (var i = 0; i < Keys; i++)
        {
            certificates.Add(await fleet.AddKeyAsync(2048).ConfigureAwait(false));
        }

        await fleet.SealAsync(Objects, Items, number => certificates[number % Keys], cancellationToken).ConfigureAwait(false);
        await using var controller = fleet.StartController();
        await fleet.SecretsAsync(Objects).ConfigureAwait(false);

        var operations = await controller.MetricAsync("private_key_operations_total").ConfigureAwait(false);
        report.Ratio("private operations per item", operations / (Objects * Items), "one", 1, "");
    }
}
