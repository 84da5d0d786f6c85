using System.Text;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.AzureKeyVault;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.SealedSecrets.Tests;

/// <summary>Sealing keys under each key service: wrapped in place, opened by another process, refused with reasons, brought back.</summary>
public sealed class ProtectedKeyServiceTests
{
    private static readonly Dictionary<string, Func<FakeKeyService>> Registry = new()
    {
        ["aws_kms"] = () => new FakeAwsKms(),
        ["alibaba_kms"] = () => new FakeAlibabaKms("3.0"),
        ["alibaba_kms_instance"] = () => new FakeAlibabaInstance(),
        ["gcp_kms"] = () => new FakeGcpKms(),
        ["azure_keyvault"] = () => new FakeAzureKeyVault(),
        ["vault_transit"] = () => new FakeVault(),
        ["huawei_kms"] = () => new FakeHuaweiKms(),
    };

    public static TheoryData<string> Services => [.. Registry.Keys];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_key_is_wrapped_in_place_opened_by_another_process_and_brought_back(string service)
    {
        using var world = new World(Registry[service]());
        var original = TestKeys.NewSecret;

        var wrapped = await ProtectedSealingKey.MigrateAsync(original, [world.Reference], world.Service(), default);
        using var key = await ProtectedSealingKey.OpenAsync(wrapped, world.Service(), default);
        var reverted = await ProtectedSealingKey.RevertAsync(wrapped, world.Service(), default);

        var stored = Encoding.UTF8.GetString(Convert.FromBase64String(wrapped.Json["data"]!["tls.key"]!.ToString()));
        Assert.DoesNotContain("PRIVATE KEY", stored, StringComparison.Ordinal);
        Assert.Contains(world.Fake.Key.TypeName, stored, StringComparison.Ordinal);
        Assert.Equal(SealingKey.FromSecret(original).Fingerprint, key.Fingerprint);
        Assert.Equal(original.ToUtf8Json(), reverted.ToUtf8Json());
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_refusal_names_secret_key_and_reason_and_tells_no_secret(string service)
    {
        using var world = new World(Registry[service]());
        var wrapped = await ProtectedSealingKey.MigrateAsync(TestKeys.NewSecret, [world.Reference], world.Service(), default);
        world.Fake.Mood = Mood.Refusing;

        var refused = await Assert.ThrowsAsync<SealingKeyException>(() => ProtectedSealingKey.OpenAsync(wrapped, world.Service(), default));

        Assert.Contains("Secret/kube-system/new", refused.Message, StringComparison.Ordinal);
        Assert.Contains(world.Fake.Key.Identity, refused.Message, StringComparison.Ordinal);
        Assert.Contains(world.Fake.RefusalWord, refused.Message, StringComparison.Ordinal);
        Assert.All(world.Fake.Secrets, secret => Assert.DoesNotContain(secret, refused.Message, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Another_key_or_context_of_the_service_does_not_open_it(string service)
    {
        using var world = new World(Registry[service]());
        var wrapped = await ProtectedSealingKey.MigrateAsync(TestKeys.NewSecret, [world.Reference], world.Service(), default);
        var entry = Encoding.UTF8.GetString(Convert.FromBase64String(wrapped.Json["data"]!["tls.key"]!.ToString()));
        var changed = entry.Replace(world.Fake.Key.Identity, world.Fake.OtherKey.Identity, StringComparison.Ordinal);
        Assert.NotEqual(entry, changed);
        wrapped.Json["data"]!["tls.key"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(changed));

        await Assert.ThrowsAsync<SealingKeyException>(() => ProtectedSealingKey.OpenAsync(wrapped, world.Service(), default));
    }

    [Fact]
    public async Task Either_of_two_services_opens_it_while_the_other_is_away()
    {
        using var first = new World(new FakeVault());
        using var second = new World(new FakeAwsKms(), first.Environment);
        var wrapped = await ProtectedSealingKey.MigrateAsync(TestKeys.NewSecret, [first.Reference, second.Reference], first.Service(), default);
        first.Fake.Mood = Mood.Refusing;

        using var key = await ProtectedSealingKey.OpenAsync(wrapped, first.Service(), default);
        second.Fake.Mood = Mood.Refusing;
        var refused = await Assert.ThrowsAsync<SealingKeyException>(() => ProtectedSealingKey.OpenAsync(wrapped, first.Service(), default));

        Assert.Equal(SealingKey.FromSecret(TestKeys.NewSecret).Fingerprint, key.Fingerprint);
        Assert.Contains("permission denied", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AccessDeniedException", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_call_moves_a_wrapped_key_to_another_service()
    {
        using var from = new World(new FakeVault());
        using var to = new World(new FakeAwsKms(), from.Environment);
        var wrapped = await ProtectedSealingKey.MigrateAsync(TestKeys.NewSecret, [from.Reference], from.Service(), default);

        var moved = await ProtectedSealingKey.MigrateAsync(wrapped, [to.Reference], from.Service(), default);
        from.Fake.Mood = Mood.Refusing;
        using var key = await ProtectedSealingKey.OpenAsync(moved, from.Service(), default);

        Assert.Equal(SealingKey.FromSecret(TestKeys.NewSecret).Fingerprint, key.Fingerprint);
    }

    [Fact]
    public async Task An_azure_key_without_a_version_is_stored_with_its_current_one()
    {
        using var world = new World(new FakeAzureKeyVault());
        var key = (AzureKeyVaultMasterKey)world.Fake.Key;

        var wrapped = await ProtectedSealingKey.MigrateAsync(TestKeys.NewSecret, [key with { Version = "" }], world.Service(), default);

        Assert.Contains(key.Identity, Encoding.UTF8.GetString(Convert.FromBase64String(wrapped.Json["data"]!["tls.key"]!.ToString())), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kms:arn:aws:kms:eu-west-1:1:key/a|App:shop,Zone:a")]
    [InlineData("kms:arn:aws:kms:eu-west-1:1:key/a+arn:aws:iam::1:role/r|App:shop|work")]
    [InlineData("acs_kms:acs:kms:cn-hangzhou:123:key/abc|app:shop")]
    public void A_reference_may_carry_an_encryption_context(string reference)
    {
        var key = MasterKeyReference.Parse(reference);

        Assert.Equal(reference, $"{key.TypeName}:{key.Identity}");
        Assert.Equal(key, MasterKeyReference.Parse(key.TypeName, key.Identity));
    }

    [Theory]
    [InlineData("kms:arn:aws:kms:eu-west-1:1:key/a|App")]
    [InlineData("kms:arn:aws:kms:eu-west-1:1:key/a|App:a,App:b")]
    [InlineData("kms:arn:aws:kms:eu-west-1:1:key/a|App:a|p|more")]
    [InlineData("kms:arn:aws:s3:::bucket")]
    public void A_reference_that_is_none_is_refused(string reference) => Assert.Throws<FormatException>(() => MasterKeyReference.Parse(reference));

    /// <summary>A fake service and processes that can use it; every <see cref="Service"/> is one that remembers nothing.</summary>
    private sealed class World : IDisposable
    {
        public World(FakeKeyService fake, TestEnvironment? environment = null)
        {
            (Fake, Environment) = (fake, environment ?? new TestEnvironment());
            fake.Configure(Environment);
        }

        public FakeKeyService Fake { get; }

        public TestEnvironment Environment { get; }

        /// <summary>The key as a user names it, read back from text.</summary>
        public MasterKey Reference => MasterKeyReference.Parse($"{Fake.Key.TypeName}:{Fake.Key.Identity}");

        public LocalKeyService Service() => Environment.Service();

        public void Dispose()
        {
            Fake.Dispose();
            Environment.Dispose();
        }
    }
}
