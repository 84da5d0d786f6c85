using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Leasing;
using SecretsOps.Kubernetes.Tests.Fakes;
using SecretsOps.Testing;

namespace SecretsOps.Kubernetes.Tests.Leasing;

public sealed class LeaderLeaseTests : IAsyncLifetime
{
    private readonly FakeLeases _leases = new();
    private ScriptedServer _server = null!;
    private ApiClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await ScriptedServer.StartAsync(_leases.AnswerAsync);
        _client = _server.Client();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_first_to_ask_holds_the_lease_and_others_wait()
    {
        var first = new LeaseClaim(_client, Options("one"));
        var second = new LeaseClaim(_client, Options("two"));

        Assert.True(await first.TryAcquireOrRenewAsync(default));
        Assert.False(await second.TryAcquireOrRenewAsync(default));
        Assert.True(await first.TryAcquireOrRenewAsync(default));

        Assert.Equal("one", second.Holder);
        Assert.Equal(1, _leases.Lease!["spec"]!["leaseDurationSeconds"]!.GetValue<int>());
        Assert.Equal(0, _leases.Lease!["spec"]!["leaseTransitions"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_released_lease_is_taken_at_once()
    {
        var first = new LeaseClaim(_client, Options("one"));
        await first.TryAcquireOrRenewAsync(default);

        await first.ReleaseAsync(default);

        Assert.True(await new LeaseClaim(_client, Options("two")).TryAcquireOrRenewAsync(default));
    }

    [Fact]
    public async Task A_holder_that_vanished_is_succeeded_when_the_lease_has_expired()
    {
        await new LeaseClaim(_client, Options("vanished")).TryAcquireOrRenewAsync(default);
        var heir = new LeaseClaim(_client, Options("heir"));
        Assert.False(await heir.TryAcquireOrRenewAsync(default));

        await Eventually.TrueAsync(async () => await heir.TryAcquireOrRenewAsync(default), "the heir takes over");

        Assert.Equal(1, _leases.Lease!["spec"]!["leaseTransitions"]!.GetValue<int>());
    }

    [Fact]
    public async Task Only_one_of_two_replicas_leads_and_the_other_takes_over()
    {
        var leading = 0;
        var history = new List<string>();
        async Task Lead(string name, CancellationToken token)
        {
            Assert.Equal(1, Interlocked.Increment(ref leading));
            lock (history)
            {
                history.Add(name);
            }

            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                Interlocked.Decrement(ref leading);
            }
        }

        using var stopOne = new CancellationTokenSource();
        using var stopTwo = new CancellationTokenSource();
        var one = new LeaderLease(_client, Options("one"));
        var two = new LeaderLease(_client, Options("two"));
        var runningOne = one.RunAsync(token => Lead("one", token), stopOne.Token);
        await Eventually.TrueAsync(() => Task.FromResult(one.IsLeader), "one leads");
        var runningTwo = two.RunAsync(token => Lead("two", token), stopTwo.Token);

        await stopOne.CancelAsync();
        await runningOne;
        await Eventually.TrueAsync(() => Task.FromResult(two.IsLeader), "two leads");
        await stopTwo.CancelAsync();
        await runningTwo;

        Assert.Equal(["one", "two"], history);
        Assert.Equal("", _leases.Holder);
    }

    [Fact]
    public async Task A_leader_that_cannot_renew_steps_down_and_leads_again_later()
    {
        var terms = 0;
        using var stop = new CancellationTokenSource();
        var lease = new LeaderLease(_client, Options("one"));
        var running = lease.RunAsync(
            async token =>
            {
                Interlocked.Increment(ref terms);
                await Task.Delay(Timeout.Infinite, token);
            },
            stop.Token);
        await Eventually.TrueAsync(() => Task.FromResult(lease.IsLeader), "it leads");

        _leases.IsDown = true;
        await Eventually.TrueAsync(() => Task.FromResult(!lease.IsLeader), "it steps down");
        _leases.IsDown = false;
        await Eventually.TrueAsync(() => Task.FromResult(lease.IsLeader), "it leads again");
        await stop.CancelAsync();
        await running;

        Assert.Equal(2, terms);
    }

    private static LeaseOptions Options(string identity) => new()
    {
        Namespace = "kube-system",
        Name = "sealed-secrets",
        Identity = identity,
        Duration = TimeSpan.FromSeconds(1),
        RenewDeadline = TimeSpan.FromMilliseconds(500),
        RetryPeriod = TimeSpan.FromMilliseconds(50),
    };
}
