using SecretsOps.Controller.Tests.Cluster;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;
using SecretsOps.Testing;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.Controller.Tests.HowTo;

/// <summary>docs/how-to/keep-sealing-keys-in-kms-or-vault.md, each step, under several key services, with a controller at work; and the other verbs of <c>keys</c>.</summary>
[Collection(BareCollection.Name)]
public sealed class SealingKeysPageTests(BareFixture fixture)
{
    private const string Page = "keep-sealing-keys-in-kms-or-vault";
    private const string MasterKey = "hc_vault:https://vault.example.org:8200/v1/transit/keys/sealing";

    private static readonly Dictionary<string, Func<FakeKeyService>> Services = new()
    {
        ["vault_transit"] = () => new FakeVault(),
        ["aws_kms"] = () => new FakeAwsKms(),
        ["alibaba_kms"] = () => new FakeAlibabaKms("3.0"),
        ["gcp_kms"] = () => new FakeGcpKms(),
        ["azure_keyvault"] = () => new FakeAzureKeyVault(),
    };

    private readonly TestCluster _cluster = fixture.Cluster;

    public static TheoryData<string> ServiceNames => [.. Services.Keys];

    [Theory]
    [MemberData(nameof(ServiceNames))]
    public async Task Each_step_of_the_page_does_what_it_says(string service)
    {
        using var fake = Services[service]();
        using var environment = new TestEnvironment();
        fake.Configure(environment);
        var ownNamespace = await fixture.CreateKeyNamespaceAsync("rsa2048");
        var original = await KeyAsync(ownNamespace);
        using var run = Run(ownNamespace, environment, fake.Key);
        var options = RunningController.Options(await _cluster.CreateNamespaceAsync("shop"));
        options = options with { Keys = options.Keys with { Protection = [fake.Key] } };
        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, options, environment: environment.Keys);
        Assert.Equal(["1. Save the keys first", "2. Name the master key", "4. Wrap the keys in place", "5. Should the service be lost", "6. The way back"], HowToRun.Headings(Page));

        await run.FollowAsync("1.");
        Assert.Contains($"{original.Name}  SHA256:", run.Output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", await File.ReadAllTextAsync(Path.Combine(run.Directory, "sealing-keys.age")), StringComparison.Ordinal);

        await run.FollowAsync("2.");
        await run.FollowAsync("4.");
        Assert.Contains($"would be protected: Secret/{ownNamespace}/{original.Name}", run.Output.ToString(), StringComparison.Ordinal);
        Assert.Contains("active  wrapped", run.Output.ToString(), StringComparison.Ordinal);
        var wrapped = await KeyAsync(ownNamespace);
        Assert.Equal((original.Uid, true), (wrapped.Uid, ProtectedSealingKey.IsProtected(wrapped)));
        await RestartAndOpenAsync(ownNamespace, options, environment, original);

        await run.FollowAsync("5.");
        Assert.Equal(original.Text("tls.key"), (await KeyAsync(ownNamespace)).Text("tls.key"));

        await run.FollowAsync("6.");
        Assert.Equal(original.Text("tls.key"), (await KeyAsync(ownNamespace)).Text("tls.key"));
        Assert.All(fake.Secrets, secret => Assert.DoesNotContain(secret, run.Output + controller.Log, StringComparison.Ordinal));
        Assert.DoesNotContain("PRIVATE KEY", run.Output + controller.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_controller_with_protection_stores_its_own_new_keys_wrapped_and_waits_for_a_service_that_is_away()
    {
        using var fake = new FakeVault();
        using var environment = new TestEnvironment();
        fake.Configure(environment);
        var ownNamespace = await _cluster.CreateNamespaceAsync("controller");
        var options = RunningController.Options();
        options = options with { Keys = options.Keys with { Protection = [fake.Key] } };
        await using (var first = await RunningController.StartAsync(_cluster, ownNamespace, options, environment: environment.Keys))
        {
            Assert.True(ProtectedSealingKey.IsProtected(await KeyAsync(ownNamespace)));
        }

        fake.Mood = Mood.Refusing;
        await using var second = await RunningController.StartAsync(_cluster, ownNamespace, options, waitUntilReady: false, environment: environment.Keys);
        await Eventually.TrueAsync(() => Task.FromResult(second.Log.Contains("permission denied", StringComparison.Ordinal)), "the refusal is in the log");
        Assert.Null(second.Host.Keys.Ring.Active);

        fake.Mood = Mood.Helpful;
        await Eventually.TrueAsync(() => Task.FromResult(second.Host.Keys.Ring.Active is not null), "the key is opened once the service is back", TimeSpan.FromSeconds(90));
        await KeyAsync(ownNamespace); // still the only one: none was made in its place
    }

    [Fact]
    public async Task Keys_that_are_there_are_left_alone_by_restore_and_a_stranger_cannot_read_the_backup()
    {
        using var environment = new TestEnvironment();
        var ownNamespace = await fixture.CreateKeyNamespaceAsync("rsa2048", "new");
        using var run = Run(ownNamespace, environment, null);
        await run.FollowAsync("1.");
        await _cluster.DeleteAsync(ApiResource.Secrets, ownNamespace, "sealed-secrets-keynew");

        await run.CommandAsync("secretsops keys restore sealing-keys.age --identity recovery.txt --controller-namespace secretsops --dry-run");
        Assert.Contains($"would create: Secret/{ownNamespace}/sealed-secrets-keynew", run.Output.ToString(), StringComparison.Ordinal);
        Assert.Null(await _cluster.SecretAsync(ownNamespace, "sealed-secrets-keynew"));
        await run.CommandAsync("secretsops keys restore sealing-keys.age --identity recovery.txt --controller-namespace secretsops");
        Assert.Contains($"is there already: Secret/{ownNamespace}/sealed-secrets-keyrsa2048", run.Output.ToString(), StringComparison.Ordinal);
        Assert.NotNull(await _cluster.SecretAsync(ownNamespace, "sealed-secrets-keynew"));

        await run.CommandAsync("age-keygen -o stranger.txt");
        await Assert.ThrowsAnyAsync<Exception>(() => run.CommandAsync("secretsops keys restore sealing-keys.age --identity stranger.txt --controller-namespace secretsops"));
        await Assert.ThrowsAnyAsync<Exception>(() => run.CommandAsync("secretsops keys restore sealing-keys.age --controller-namespace secretsops"));
    }

    [Fact]
    public async Task A_key_that_somebody_needs_is_not_retired_and_one_that_nobody_needs_is()
    {
        using var environment = new TestEnvironment();
        var ownNamespace = await fixture.CreateKeyNamespaceAsync("old", "new");
        var shop = await _cluster.CreateNamespaceAsync("shop");
        using var run = Run(ownNamespace, environment, null);
        var sealedWithNew = new KubernetesObject(ApiResource.SealedSecrets.Gvk, shop, "db");
        var certificate = SealingCertificate.Parse(await File.ReadAllBytesAsync(VectorKeys.File("keys", "new.crt")));
        sealedWithNew.SetAnnotation("secretsops.io/sealed-with", certificate.Fingerprint);
        sealedWithNew.Json["spec"] = new System.Text.Json.Nodes.JsonObject { ["encryptedData"] = new System.Text.Json.Nodes.JsonObject { ["a"] = "AgA=" } };
        await _cluster.CreateAsync(ApiResource.SealedSecrets, sealedWithNew);
        // Objects of other tests that say nothing of their key would count as well.
        foreach (var other in (await _cluster.Client.ListAsync(ApiResource.SealedSecrets, "", ListOptions.All, default)).Items.Where(item => item.Namespace != shop))
        {
            await _cluster.DeleteAsync(ApiResource.SealedSecrets, other.Namespace, other.Name);
        }

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => run.CommandAsync("secretsops keys retire sealed-secrets-keynew --controller-namespace secretsops"));
        Assert.Contains($"{shop}/db", refused.Message, StringComparison.Ordinal);
        await run.CommandAsync("secretsops keys retire sealed-secrets-keyold --controller-namespace secretsops");
        await run.CommandAsync($"secretsops keys retire {certificate.Fingerprint} --force --controller-namespace secretsops");

        Assert.Equal("retired", (await _cluster.SecretAsync(ownNamespace, "sealed-secrets-keyold"))!.Label(SealingKeySecret.Label));
        Assert.Equal("retired", (await _cluster.SecretAsync(ownNamespace, "sealed-secrets-keynew"))!.Label(SealingKeySecret.Label));
        await run.CommandAsync("secretsops keys list --controller-namespace secretsops");
        Assert.Contains("retired  clear", run.Output.ToString(), StringComparison.Ordinal);
    }

    private HowToRun Run(string ownNamespace, TestEnvironment environment, MasterKey? masterKey)
    {
        var run = new HowToRun(Page, _cluster);
        foreach (var (name, value) in environment.Variables)
        {
            run.Variables[name] = value;
        }

        run.Actual.Add(("--controller-namespace secretsops", $"--controller-namespace {ownNamespace}"));
        run.Actual.Add(("-n secretsops", $"-n {ownNamespace}"));
        if (masterKey is not null)
        {
            run.Actual.Add(($"export MASTER_KEY={MasterKey}", $"export MASTER_KEY='{masterKey.TypeName}:{masterKey.Identity}'"));
        }

        return run;
    }

    private async Task RestartAndOpenAsync(string ownNamespace, SecretsOps.Controller.Options.ControllerOptions options, TestEnvironment environment, KubernetesObject original)
    {
        await using var restarted = await RunningController.StartAsync(_cluster, ownNamespace, options, environment: environment.Keys);
        Assert.Equal(SealingKey.FromSecret(original).Fingerprint, restarted.Host.Keys.Ring.Active!.Fingerprint);
    }

    private async Task<KubernetesObject> KeyAsync(string ownNamespace) =>
        Assert.Single((await _cluster.Client.ListAsync(ApiResource.Secrets, ownNamespace, new ListOptions { LabelSelector = $"{SealingKeySecret.Label}=active" }, default)).Items);
}
