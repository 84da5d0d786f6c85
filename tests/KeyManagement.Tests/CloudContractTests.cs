using System.Security.Cryptography;
using SecretsOps.KeyManagement.AlibabaKms;
using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.KeyManagement.AzureKeyVault;
using SecretsOps.KeyManagement.GcpKms;
using SecretsOps.KeyManagement.HuaweiKms;
using SecretsOps.Testing.KeyServices;
using SecretsOps.KeyManagement.VaultTransit;

namespace SecretsOps.KeyManagement.Tests;

/// <summary>What every network backend must do, over a registry of all of them (checklist 112 to 120); what they make of nonsense is in <see cref="CloudGarbageTests"/>.</summary>
public class CloudContractTests
{
    internal static readonly Dictionary<string, Func<FakeKeyService>> Registry = new()
    {
        ["aws_kms"] = () => new FakeAwsKms(),
        ["vault"] = () => new FakeVault(),
        ["gcp_kms"] = () => new FakeGcpKms(),
        ["azure_keyvault"] = () => new FakeAzureKeyVault(),
        ["alibaba_kms_acs3"] = () => new FakeAlibabaKms("3.0"),
        ["alibaba_kms_rpc"] = () => new FakeAlibabaKms("1.0"),
        ["alibaba_kms_instance"] = () => new FakeAlibabaInstance(),
        ["huawei_kms"] = () => new FakeHuaweiKms(),
    };

    private static readonly Dictionary<string, Func<string, MasterKey>> RealServices = new()
    {
        ["SECRETSOPS_TEST_KEY_AWS"] = AwsKmsMasterKey.Parse,
        ["SECRETSOPS_TEST_KEY_GCP"] = text => new GcpKmsMasterKey(text),
        ["SECRETSOPS_TEST_KEY_AZURE"] = AzureKeyVaultMasterKey.Parse,
        ["SECRETSOPS_TEST_KEY_VAULT"] = VaultTransitMasterKey.Parse,
        ["SECRETSOPS_TEST_KEY_ALIBABA"] = AlibabaKmsMasterKey.Parse,
        ["SECRETSOPS_TEST_KEY_HUAWEI"] = HuaweiKmsMasterKey.Parse,
    };

    private readonly byte[] _dataKey = RandomNumberGenerator.GetBytes(32);

    public static TheoryData<string> Backends => [.. Registry.Keys];

    /// <summary>The loopback services, and the real ones for which a variable gives a key.</summary>
    public static TheoryData<string> BackendsAndRealServices =>
        [.. Registry.Keys, .. RealServices.Keys.Where(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 })];

    [Theory]
    [MemberData(nameof(BackendsAndRealServices))]
    public async Task A_wrapped_key_is_unwrapped_by_another_process(string backend)
    {
        using var world = await OpenAsync(backend);

        var wrapped = await world.Service().WrapAsync(world.Key, _dataKey, default);

        using var dataKey = await world.Service().UnwrapAsync(world.Key, wrapped, default);
        Assert.Equal(_dataKey, dataKey.Span.ToArray());
        Assert.DoesNotContain(Convert.ToBase64String(_dataKey), wrapped, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(BackendsAndRealServices))]
    public async Task A_changed_wrapped_key_is_refused_with_the_key_named(string backend)
    {
        using var world = await OpenAsync(backend);
        var wrapped = await world.Service().WrapAsync(world.Key, _dataKey, default);
        var place = wrapped.Length - (wrapped.Length / 4);
        var changed = wrapped[..place] + (wrapped[place] == 'A' ? 'B' : 'A') + wrapped[(place + 1)..];

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => world.Service().UnwrapAsync(world.Key, changed, default));

        Assert.Contains(world.Key.Identity, refused.Message, StringComparison.Ordinal);
        world.AssertNoSecretIn(refused);
    }

    [Theory]
    [MemberData(nameof(BackendsAndRealServices))]
    public async Task Every_wrapping_is_another_text(string backend)
    {
        using var world = await OpenAsync(backend);
        var service = world.Service();

        Assert.NotEqual(await service.WrapAsync(world.Key, _dataKey, default), await service.WrapAsync(world.Key, _dataKey, default));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task Another_key_or_context_does_not_unwrap(string backend)
    {
        using var world = new World(backend);
        var wrapped = await world.Service().WrapAsync(world.Fake.Key, _dataKey, default);

        await Assert.ThrowsAsync<MasterKeyException>(() => world.Service().UnwrapAsync(world.Fake.OtherKey, wrapped, default));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task A_refusal_tells_the_services_word_and_a_remedy_and_no_secret(string backend)
    {
        using var world = new World(backend);
        var wrapped = await world.Service().WrapAsync(world.Fake.Key, _dataKey, default);
        world.Fake.Mood = Mood.Refusing;

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => world.Service().UnwrapAsync(world.Fake.Key, wrapped, default));

        Assert.Contains(world.Fake.RefusalWord, refused.Message, StringComparison.Ordinal);
        Assert.NotNull(refused.Remedy);
        world.AssertNoSecretIn(refused);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task Throttling_is_waited_out(string backend)
    {
        using var world = new World(backend);
        var service = world.Service();
        var wrapped = await service.WrapAsync(world.Fake.Key, _dataKey, default);
        (world.Fake.MoodLasts, world.Fake.Mood) = (2, Mood.Throttling);

        using var dataKey = await service.UnwrapAsync(world.Fake.Key, wrapped, default);

        Assert.Equal(_dataKey, dataKey.Span.ToArray());
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task A_fault_of_the_server_is_tried_again_and_then_told(string backend) =>
        Assert.Contains("503", (await RefusalAfterTriesAsync(backend, Mood.Failing)).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task Throttling_that_lasts_is_told_with_a_remedy(string backend) =>
        Assert.Contains("later", (await RefusalAfterTriesAsync(backend, Mood.Throttling)).Remedy, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task A_wrong_secret_fails_the_services_check(string backend)
    {
        using var world = new World(backend);
        var wrapped = await world.Service().WrapAsync(world.Fake.Key, _dataKey, default);
        world.Fake.ConfigureWrongSecret(world.Environment);

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => world.Service().UnwrapAsync(world.Fake.Key, wrapped, default));

        Assert.NotNull(refused.Remedy);
        Assert.DoesNotContain("wrong-secret-of-a-test", refused.Message, StringComparison.Ordinal);
        world.AssertNoSecretIn(refused);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task A_service_that_is_away_is_told_with_a_remedy(string backend)
    {
        using var world = new World(backend);
        world.Fake.Dispose();

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => world.Service().WrapAsync(world.Fake.Key, _dataKey, default));

        Assert.Contains("127.0.0.1 cannot be reached", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(refused.Remedy);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task Garbage_is_refused(string backend)
    {
        using var world = new World(backend);
        var wrapped = await world.Service().WrapAsync(world.Fake.Key, _dataKey, default);
        world.Fake.Mood = Mood.Garbage;

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => world.Service().UnwrapAsync(world.Fake.Key, wrapped, default));

        Assert.Contains(world.Fake.Key.Identity, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task A_service_that_hangs_is_given_up_within_the_keys_time(string backend)
    {
        using var world = new World(backend);
        var wrapped = await world.Service().WrapAsync(world.Fake.Key, _dataKey, default);
        world.Fake.Mood = Mood.Hanging;
        var service = new LocalKeyService(KeyCredentials.FromEnvironment(world.Environment.Keys) with { KeyTimeout = TimeSpan.FromMilliseconds(300) });

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => service.UnwrapAsync(world.Fake.Key, wrapped, default));

        Assert.Contains("did not finish within 0.3 seconds", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task Without_credentials_the_user_is_told_how_to_get_some(string backend)
    {
        using var world = new World(backend);
        using var bare = new TestEnvironment();
        world.Fake.ConfigureWithoutCredentials(bare);

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => bare.Service().WrapAsync(world.Fake.Key, _dataKey, default));

        Assert.NotNull(refused.Remedy);
        Assert.Empty(world.Fake.Requests);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task A_clusters_secret_without_an_entry_falls_back_to_nothing(string backend)
    {
        using var world = new World(backend);
        var service = new LocalKeyService(KeyCredentials.FromSecretData(new Dictionary<string, byte[]> { ["a.agekey"] = [] }));

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => service.WrapAsync(world.Fake.Key, _dataKey, default));

        Assert.NotNull(refused.Remedy);
        Assert.Empty(world.Fake.Requests);
    }

    [Theory]
    [MemberData(nameof(BackendsAndRealServices))]
    public async Task Many_keys_are_unwrapped_at_once(string backend)
    {
        using var world = await OpenAsync(backend);
        var service = world.Service();
        var wrapped = await service.WrapAsync(world.Key, _dataKey, default);

        var dataKeys = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => service.UnwrapAsync(world.Key, wrapped, default)));

        Assert.All(dataKeys, dataKey => Assert.Equal(_dataKey, dataKey.Span.ToArray()));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task A_cache_asks_the_service_once_for_each_wrapped_key(string backend)
    {
        using var world = new World(backend);
        using var service = new CachingKeyService(world.Service());
        var wrapped = await service.WrapAsync(world.Fake.Key, _dataKey, default);
        var before = world.Fake.Requests.Count;

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => service.UnwrapAsync(world.Fake.Key, wrapped, default)));

        Assert.InRange(world.Fake.Requests.Count - before, 1, 2); // one operation, perhaps after one login
    }

    private static async Task<World> OpenAsync(string backend)
    {
        if (!RealServices.TryGetValue(backend, out var parse))
        {
            return new World(backend);
        }

        using var service = RealService();
        return new World(await service.PinAsync(parse(Environment.GetEnvironmentVariable(backend)!), default));
    }

    private async Task<MasterKeyException> RefusalAfterTriesAsync(string backend, Mood mood)
    {
        using var world = new World(backend);
        var service = world.Service();
        var wrapped = await service.WrapAsync(world.Fake.Key, _dataKey, default);
        var before = world.Fake.Requests.Count;
        world.Fake.Mood = mood;

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => service.UnwrapAsync(world.Fake.Key, wrapped, default));

        Assert.InRange(world.Fake.Requests.Count - before, 3, 5);
        return refused;
    }

    private static LocalKeyService RealService() => new(KeyCredentials.FromEnvironment(new KeyEnvironment { Variable = Environment.GetEnvironmentVariable }));

    /// <summary>A fake service, and an environment that leads to it; or a real one that the process's own environment leads to.</summary>
    private sealed class World : IDisposable
    {
        private readonly FakeKeyService? _fake;
        private readonly MasterKey? _realKey;

        public World(string backend)
        {
            _fake = Registry[backend]();
            _fake.Configure(Environment);
        }

        public World(MasterKey realKey) => _realKey = realKey;

        public FakeKeyService Fake => _fake ?? throw new InvalidOperationException("a real service has no moods");

        public MasterKey Key => _realKey ?? Fake.Key;

        public TestEnvironment Environment { get; } = new();

        public LocalKeyService Service() => _realKey is null ? Environment.Service() : RealService();

        public void AssertNoSecretIn(Exception exception)
        {
            for (var cause = exception; cause is not null; cause = cause.InnerException)
            {
                Assert.All(_fake?.Secrets ?? [], secret => Assert.DoesNotContain(secret, cause.Message, StringComparison.Ordinal));
            }
        }

        public void Dispose()
        {
            _fake?.Dispose();
            Environment.Dispose();
        }
    }
}
