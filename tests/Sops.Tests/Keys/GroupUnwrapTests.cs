using System.Collections.Concurrent;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.Age;
using SecretsOps.KeyManagement.GcpKms;
using SecretsOps.KeyManagement.VaultTransit;
using SecretsOps.Sops.Keys;
using SecretsOps.Sops.Metadata;

namespace SecretsOps.Sops.Tests.Keys;

/// <summary>Checklist 54 and 55: the keys of a group, in order, beside each other when one is slow, each refusal told.</summary>
public sealed class GroupUnwrapTests
{
    private static readonly MasterKey Vault = new VaultTransitMasterKey("https://vault.example.org", "transit", "k");
    private static readonly MasterKey Google = new GcpKmsMasterKey("projects/p/locations/l/keyRings/r/cryptoKeys/k");
    private static readonly MasterKey Age = new AgeMasterKey("age1xyz");

    [Fact]
    public async Task A_service_that_does_not_answer_does_not_hold_up_the_next_key()
    {
        var service = new ScriptedService { [Vault] = Never, [Google] = _ => Task.FromResult(new SecretBytes([1, 2, 3])) };

        var outcome = await RunAsync(service, Vault, Google);

        Assert.Equal([1, 2, 3], outcome.Share!.Span.ToArray());
        Assert.Equal([Vault, Google], service.Asked);
        await service.Given[Vault].WaitAsync(TimeSpan.FromSeconds(30)); // the slow one was called off
    }

    [Fact]
    public async Task A_key_that_answers_keeps_the_others_from_being_asked()
    {
        var service = new ScriptedService { [Vault] = _ => Task.FromResult(new SecretBytes([1])), [Google] = Never };

        var outcome = await RunAsync(service, Vault, Google);

        Assert.Equal([Vault], service.Asked);
        Assert.Equal((Vault, null), Assert.Single(outcome.Attempts));
    }

    [Fact]
    public async Task Refusals_are_told_in_the_order_of_the_keys_with_their_remedies()
    {
        var service = new ScriptedService
        {
            [Vault] = _ => throw new MasterKeyException(Vault, "sealed", "unseal it"),
            [Age] = _ => Task.FromException<SecretBytes>(new MasterKeyException(Age, "no identity")),
        };

        var outcome = await RunAsync(service, Vault, Age);

        Assert.Null(outcome.Share);
        Assert.Equal([(Vault, "sealed (unseal it)"), (Age, "no identity")], outcome.Attempts);
    }

    [Fact]
    public async Task Nothing_is_started_beside_a_key_for_which_a_person_may_be_typing()
    {
        var passphrase = new TaskCompletionSource<SecretBytes>();
        var service = new ScriptedService { [Age] = _ => passphrase.Task, [Vault] = _ => Task.FromResult(new SecretBytes([9])) };

        var running = RunAsync(service, Age, Vault);
        Assert.Equal([Age], service.Asked);
        passphrase.SetException(new MasterKeyException(Age, "wrong passphrase"));

        Assert.Equal([9], (await running).Share!.Span.ToArray());
    }

    [Fact]
    public async Task Giving_up_ends_what_is_under_way()
    {
        var service = new ScriptedService { [Vault] = Never };
        using var stop = new CancellationTokenSource();
        var running = new GroupUnwrap(service, TimeProvider.System).RunAsync([new WrappedKey(Vault, "")], stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static Task<GroupOutcome> RunAsync(ScriptedService service, params MasterKey[] keys) =>
        new GroupUnwrap(service, new HastyTime()).RunAsync([.. keys.Select(key => new WrappedKey(key, ""))], CancellationToken.None);

    private static async Task<SecretBytes> Never(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException();
    }

    /// <summary>A clock on which every head start is over at once.</summary>
    private sealed class HastyTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
    }

    /// <summary>Does with each key what a test says, and remembers who was asked and what became of it.</summary>
    private sealed class ScriptedService : IKeyService
    {
        private readonly Dictionary<MasterKey, Func<CancellationToken, Task<SecretBytes>>> _script = [];

        public Func<CancellationToken, Task<SecretBytes>> this[MasterKey key]
        {
            set => _script[key] = value;
        }

        public ConcurrentQueue<MasterKey> Asked { get; } = new();

        /// <summary>Ends when the work for a key ended, however.</summary>
        public ConcurrentDictionary<MasterKey, Task> Given { get; } = new();

        public Task<string> WrapAsync(MasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<SecretBytes> UnwrapAsync(MasterKey key, string wrappedKey, CancellationToken cancellationToken)
        {
            Asked.Enqueue(key);
            var work = WorkAsync(key, cancellationToken);
            Given[key] = work.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return work;
        }

        private async Task<SecretBytes> WorkAsync(MasterKey key, CancellationToken cancellationToken) => await _script[key](cancellationToken);
    }
}
