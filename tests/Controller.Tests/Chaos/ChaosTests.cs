using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

using SecretsOps.Controller.Options;
using SecretsOps.Controller.Tests.Cluster;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.Chaos;

/// <summary>Issue 3, acceptance 5: a stream of changes, two replicas, leaders killed, an API server that fails in every way.</summary>
[Collection(BareCollection.Name)]
public sealed class ChaosTests(BareFixture fixture)
{
    private const int Names = 12;
    private const int FaultsPerHundred = 15;
    private static readonly TimeSpan RenewPeriod = TimeSpan.FromSeconds(6);

    private readonly TestCluster _cluster = fixture.Cluster;
    private readonly Dictionary<string, string> _wanted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _deletedByUs = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<string> _lost = [];

    [Fact]
    public async Task In_the_end_every_Secret_equals_its_SealedSecret_none_was_lost_and_each_renewal_made_one_key()
    {
        var ownNamespace = await fixture.CreateKeyNamespaceAsync("rsa2048");
        var watched = await _cluster.CreateNamespaceAsync();
        using var stop = new CancellationTokenSource();
        var watching = WatchForLossAsync(watched, stop.Token);
        var replicas = new List<Replica> { await StartAsync(ownNamespace, watched), await StartAsync(ownNamespace, watched) };
        var clock = Stopwatch.StartNew();
        var kills = 0;

        for (var step = 0; step < 120 || clock.Elapsed < RenewPeriod * 3; step++)
        {
            await ChangeSomethingAsync(watched, step);
            if (step % 40 == 20 && replicas.Find(replica => replica.IsLeader) is { } leader)
            {
                replicas.Remove(leader);
                await leader.KillAsync();
                replicas.Add(await StartAsync(ownNamespace, watched));
                kills++;
            }
        }

        replicas.ForEach(replica => replica.Proxy.FaultsPerHundred = 0);
        await EverythingMatchesAsync(watched);
        await Eventually.TrueAsync(async () => (await KeysAsync(ownNamespace)).Count >= 3, "two renewals beside the first key", TimeSpan.FromSeconds(90));
        await stop.CancelAsync();
        await watching;
        var faults = replicas.Sum(replica => replica.Proxy.Met.Values.Sum());
        foreach (var replica in replicas)
        {
            await replica.DisposeAsync();
        }

        Assert.Empty(_lost);
        Assert.True(kills > 0, "no leader was ever there to be killed");
        Assert.True(faults > 0, "no fault was ever injected");
        await OneKeyPerRenewalAsync(ownNamespace);
    }

    private Task<Replica> StartAsync(string ownNamespace, string watched)
    {
        var options = RunningController.Options(watched);
        options = options with
        {
            Keys = options.Keys with { RenewPeriod = RenewPeriod },
            Replica = new ReplicaOptions { ElectLeader = true, LeaseDuration = TimeSpan.FromSeconds(3), Identity = Guid.NewGuid().ToString() },
        };
        return Replica.StartAsync(_cluster.KubeconfigPath, ownNamespace, options, FaultsPerHundred);
    }

    private async Task ChangeSomethingAsync(string watched, int step)
    {
        var name = $"s{RandomNumberGenerator.GetInt32(Names)}";
        if (_wanted.ContainsKey(name) && RandomNumberGenerator.GetInt32(5) == 0)
        {
            _wanted.Remove(name);
            _deletedByUs[name] = true;
            await _cluster.DeleteAsync(ApiResource.SealedSecrets, watched, name);
            return;
        }

        var value = step.ToString(CultureInfo.InvariantCulture);
        var sealedSecret = VectorKeys.Seal("rsa2048", watched, name, $$"""{"value":"{{value}}"}""");
        if (!_wanted.ContainsKey(name))
        {
            _wanted[name] = value;
            await _cluster.CreateAsync(ApiResource.SealedSecrets, sealedSecret);
            return;
        }

        _wanted[name] = value;
        var item = sealedSecret.Json["spec"]!["encryptedData"]!["value"]!.ToString();
        await _cluster.MergeAsync(ApiResource.SealedSecrets, watched, name, $$$$"""{"spec":{"encryptedData":{"value":"{{{{item}}}}"}}}""");
        await Task.Delay(TimeSpan.FromMilliseconds(50));
    }

    // A Secret may go only when its SealedSecret was deleted (and perhaps made anew, which the garbage collector cannot know).
    private async Task WatchForLossAsync(string watched, CancellationToken cancellationToken)
    {
        var version = "";
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var @event in _cluster.Client.WatchAsync(ApiResource.Secrets, watched, new WatchOptions { ResourceVersion = version }, cancellationToken))
                {
                    version = @event.Object.ResourceVersion;
                    if (@event.Type == WatchEventType.Deleted && !_deletedByUs.ContainsKey(@event.Object.Name))
                    {
                        _lost.Add(@event.Object.Name);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task EverythingMatchesAsync(string watched)
    {
        for (var i = 0; i < Names; i++)
        {
            var name = $"s{i}";
            var value = _wanted.GetValueOrDefault(name);
            await Eventually.TrueAsync(
                async () => (await _cluster.SecretAsync(watched, name)).Text("value") == value,
                $"Secret {name} is {value ?? "gone"}",
                TimeSpan.FromSeconds(90));
        }
    }

    private async Task OneKeyPerRenewalAsync(string ownNamespace)
    {
        var births = (await KeysAsync(ownNamespace)).Select(secret => SealingCertificate.Parse(VectorKeys.Utf8(secret.Text("tls.crt")!)).NotBefore).Order().ToList();
        foreach (var (earlier, later) in births.Zip(births.Skip(1)))
        {
            Assert.True(later - earlier >= RenewPeriod - TimeSpan.FromSeconds(1), $"two keys within one period: {earlier:O} and {later:O}");
        }
    }

    private async Task<IReadOnlyList<KubernetesObject>> KeysAsync(string ownNamespace)
    {
        var active = new ListOptions { LabelSelector = $"{SealingKeySecret.Label}=active" };
        return (await _cluster.Client.ListAsync(ApiResource.Secrets, ownNamespace, active, CancellationToken.None)).Items;
    }
}
