using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.EndToEnd.Tests;

/// <summary><c>kill -9</c> at random moments during a stream of commits: the cluster reaches the last commit, and no Secret goes missing.</summary>
public sealed class KillTests
{
    private const int Kills = 20;
    private static readonly string[] AlwaysThere = ["database", "mail"];

    [Fact]
    public async Task Twenty_kills_during_a_stream_of_commits_lose_nothing()
    {
        using var shop = await Shop.CreateAsync();
        await WriteAsync(shop, round: 0);
        var missing = new ConcurrentBag<string>();
        await using (var first = await RunningUp.StartAsync(shop.Data, shop.Arguments))
        {
            var cluster = new ShopCluster(first.Client);
            await cluster.SecretBecomesAsync("database", "database-0");
            await cluster.SecretBecomesAsync("mail", "mail-0");
        }

        for (var round = 1; round <= Kills; round++)
        {
            await RunAndKillAsync(shop, round, missing);
        }

        await using var last = await RunningUp.StartAsync(shop.Data, shop.Arguments);
        var survivor = new ShopCluster(last.Client);
        await survivor.RefreshAsync();
        await survivor.SecretBecomesAsync("database", $"database-{Kills}");
        await survivor.SecretBecomesAsync("mail", $"mail-{Kills}");
        await survivor.ConfigBecomesAsync("settings", Kills.ToString(CultureInfo.InvariantCulture));
        await survivor.SyncedAsync(await shop.HeadAsync());
        Assert.Empty(missing);
    }

    private static async Task RunAndKillAsync(Shop shop, int round, ConcurrentBag<string> missing)
    {
        await using var up = await RunningUp.StartAsync(shop.Data, shop.Arguments);
        using var stop = new CancellationTokenSource();
        var watcher = WatchAsync(up.Client, round, missing, stop.Token);
        await WriteAsync(shop, round);
        await TryRefreshAsync(up);
        await Task.Delay(RandomNumberGenerator.GetInt32(0, 700), CancellationToken.None);
        await up.KillAsync();
        await stop.CancelAsync();
        await watcher;
    }

    private static async Task WriteAsync(Shop shop, int round)
    {
        await shop.WriteSealedAsync("database", $"database-{round}");
        await shop.WriteEncryptedAsync("mail", $"mail-{round}");
        shop.WriteConfigMap("settings", round.ToString(CultureInfo.InvariantCulture));
        await shop.CommitAsync($"round {round}");
    }

    private static async Task TryRefreshAsync(RunningUp up)
    {
        try
        {
            await new ShopCluster(up.Client).RefreshAsync();
        }
        catch (ApiException refused) when (refused.IsConflict)
        {
            // The engine wrote the Application at the same moment; the next poll finds the commit.
        }
    }

    /// <summary>Asks for the Secrets without pause; both were there before, so each "not found" is a loss.</summary>
    private static async Task WatchAsync(ApiClient client, int round, ConcurrentBag<string> missing, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var name in AlwaysThere)
            {
                try
                {
                    if (await client.TryGetAsync(ApiResource.Secrets, Shop.Namespace, name, cancellationToken) is null)
                    {
                        missing.Add($"{name} in round {round}");
                    }
                }
                catch (Exception e) when (e is ApiException or OperationCanceledException)
                {
                    // The server is being killed: no answer is not a missing Secret.
                }
            }
        }
    }
}
