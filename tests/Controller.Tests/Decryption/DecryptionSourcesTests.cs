using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;

using SecretsOps.Controller.Decryption;
using SecretsOps.Controller.Tests.Cluster;
using SecretsOps.Cryptography.Age;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.Age;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.Controller.Tests.Decryption;

/// <summary>Checklist 171 and Flux's order of credentials: an object's Secret, its service account's identity, the controller's own environment.</summary>
[Collection(BareCollection.Name)]
public sealed class DecryptionSourcesTests(BareFixture fixture) : IDisposable
{
    private static readonly byte[] DataKey = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    private readonly TestCluster _cluster = fixture.Cluster;
    private readonly TestEnvironment _environment = new();

    private static readonly Dictionary<string, (Func<FakeKeyService> Make, string Audience, Dictionary<string, string> Annotations)> Workloads = new()
    {
        ["aws"] = (() => new FakeAwsKms(), "sts.amazonaws.com", new() { ["eks.amazonaws.com/role-arn"] = "arn:aws:iam::111122223333:role/decrypt" }),
        ["azure"] = (() => new FakeAzureKeyVault(), "api://AzureADTokenExchange", new() { ["azure.workload.identity/client-id"] = "client-1", ["azure.workload.identity/tenant-id"] = "tenant-1" }),
        ["gcp"] = (() => new FakeGcpKms(), $"https://iam.googleapis.com/{FakeGcpKms.Provider}", new() { ["gcp.auth.fluxcd.io/workload-identity-provider"] = FakeGcpKms.Provider, ["iam.gke.io/gcp-service-account"] = FakeGcpKms.ServiceAccountEmail }),
        ["alibaba"] = (() => new FakeAlibabaKms("3.0"), "sts.aliyuncs.com", new() { ["pod-identity.alibabacloud.com/role-name"] = "decrypt", ["secretsops.io/alibaba-oidc-provider-arn"] = FakeAlibabaKms.Provider }),
        ["vault"] = (() => new FakeVault(), "", new() { ["secretsops.io/vault-role"] = "decrypt" }),
    };

    public static TheoryData<string> WorkloadNames => [.. Workloads.Keys];

    public void Dispose() => _environment.Dispose();

    [Theory]
    [MemberData(nameof(WorkloadNames))]
    public async Task A_service_accounts_identity_unwraps_and_its_token_is_for_that_service_alone(string workload)
    {
        var (make, audience, annotations) = Workloads[workload];
        using var fake = make();
        SetEndpoints(fake);
        var @namespace = await _cluster.CreateNamespaceAsync("tenant");
        await CreateAccountAsync(@namespace, "decryptor", annotations);
        var tokens = new List<string>();
        fake.TrustsToken = token =>
        {
            tokens.Add(token);
            return ClaimsOf(token)["sub"]!.ToString() == $"system:serviceaccount:{@namespace}:decryptor";
        };
        var wrapped = await WrapAsync(fake);

        var keys = await Sources().ForAsync(Application(@namespace, account: "decryptor"), default);
        using var dataKey = await keys.Service.UnwrapAsync(fake.Key, wrapped, default);
        using var again = await keys.Service.UnwrapAsync(fake.Key, wrapped, default);

        Assert.Equal(DataKey, dataKey.Span.ToArray());
        Assert.Equal([audience.Length > 0 ? audience : fake.Address], ClaimsOf(Assert.Single(tokens))["aud"]!.AsArray().Select(value => value!.ToString()));
        Assert.False(keys.IsExclusive);
    }

    [Fact]
    public async Task The_default_account_is_the_one_of_the_objects_own_namespace()
    {
        using var fake = new FakeAwsKms();
        SetEndpoints(fake);
        var (annotated, bare) = (await _cluster.CreateNamespaceAsync("tenant"), await _cluster.CreateNamespaceAsync("tenant"));
        await CreateAccountAsync(annotated, "flux", Workloads["aws"].Annotations);
        await CreateAccountAsync(bare, "flux", []);
        fake.TrustsToken = _ => true;
        var wrapped = await WrapAsync(fake);
        var sources = Sources("flux");

        using var dataKey = await (await sources.ForAsync(Application(annotated), default)).Service.UnwrapAsync(fake.Key, wrapped, default);
        var refused = await Assert.ThrowsAsync<MasterKeyException>(async () => await (await sources.ForAsync(Application(bare), default)).Service.UnwrapAsync(fake.Key, wrapped, default));

        Assert.Equal(32, dataKey.Length);
        Assert.Contains("no AWS credentials were found", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_secrets_entry_goes_before_the_accounts_identity_and_the_controllers_own_comes_last()
    {
        using var fake = new FakeAwsKms();
        SetEndpoints(fake);
        var @namespace = await _cluster.CreateNamespaceAsync("tenant");
        await CreateAccountAsync(@namespace, "decryptor", Workloads["aws"].Annotations);
        var entry = $"aws_access_key_id: {FakeAwsKms.AccessKeyId}\naws_secret_access_key: {FakeAwsKms.SecretAccessKey}\n";
        await CreateSecretAsync(@namespace, "aws-keys", new() { ["sops.aws-kms"] = entry, ["notes.txt"] = "ignored" });
        await CreateSecretAsync(@namespace, "age-keys", new() { ["a.agekey"] = X25519Identity.Generate().ToSecretText() });
        var wrapped = await WrapAsync(fake);

        await UnwrapAsync(fake, wrapped, Application(@namespace, "aws-keys", "decryptor"));
        Assert.DoesNotContain(fake.Requests, request => request.Header("x-amz-target").Length == 0); // no role was assumed

        fake.TrustsToken = _ => true;
        await UnwrapAsync(fake, wrapped, Application(@namespace, "age-keys", "decryptor"));
        Assert.Contains(fake.Requests, request => request.Header("x-amz-target").Length == 0);

        fake.Configure(_environment);
        await UnwrapAsync(fake, wrapped, Application(@namespace, "age-keys"));
    }

    [Fact]
    public async Task An_objects_secret_is_looked_for_in_its_own_namespace_and_takes_the_place_of_the_shared_ones()
    {
        var identity = X25519Identity.Generate();
        var (owner, stranger) = (await _cluster.CreateNamespaceAsync("tenant"), await _cluster.CreateNamespaceAsync("tenant"));
        await CreateSecretAsync(owner, "keys", new() { ["a.agekey"] = identity.ToSecretText() });
        var key = new AgeMasterKey(identity.Recipient.ToString());
        var wrapped = await _environment.Service().WrapAsync(key, DataKey, default);
        var sources = Sources();

        var owned = await sources.ForAsync(Application(owner, "keys"), default);
        using var dataKey = await owned.Service.UnwrapAsync(key, wrapped, default);
        var foreign = await sources.ForAsync(Application(stranger, "keys"), default);
        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => foreign.Service.UnwrapAsync(key, wrapped, default));

        Assert.True(owned.IsExclusive);
        Assert.True(foreign.IsExclusive);
        Assert.Contains($"Secret/{stranger}/keys does not exist", refused.Message, StringComparison.Ordinal);
        Assert.Contains(DecryptionSources.SecretAnnotation, refused.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_have_another_version_once_their_secret_changes_and_the_same_one_until_then()
    {
        var @namespace = await _cluster.CreateNamespaceAsync("tenant");
        await CreateSecretAsync(@namespace, "keys", new() { ["a.agekey"] = X25519Identity.Generate().ToSecretText() });
        var sources = Sources();
        var before = await sources.ForAsync(Application(@namespace, "keys"), default);
        Assert.Same(before, await sources.ForAsync(Application(@namespace, "keys"), default));

        await _cluster.MergeAsync(ApiResource.Secrets, @namespace, "keys", """{"stringData":{"b.agekey":"x"}}""");

        Assert.NotEqual(before.Version, (await sources.ForAsync(Application(@namespace, "keys"), default)).Version);
    }

    [Fact]
    public async Task A_service_account_that_is_not_there_is_named()
    {
        var @namespace = await _cluster.CreateNamespaceAsync("tenant");

        var keys = await Sources().ForAsync(Application(@namespace, account: "nobody"), default);
        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => keys.Service.UnwrapAsync(new AgeMasterKey("age1x"), "", default));

        Assert.Contains($"ServiceAccount/{@namespace}/nobody does not exist", refused.Message, StringComparison.Ordinal);
    }

    private DecryptionSources Sources(string defaultAccount = "") => new(_cluster.Client, _environment.Keys, defaultAccount);

    private async Task UnwrapAsync(FakeKeyService fake, string wrapped, KubernetesObject application)
    {
        using var dataKey = await (await Sources().ForAsync(application, default)).Service.UnwrapAsync(fake.Key, wrapped, default);
        Assert.Equal(DataKey, dataKey.Span.ToArray());
    }

    /// <summary>Wraps as somebody who has the service's fixed credentials.</summary>
    private static async Task<string> WrapAsync(FakeKeyService fake)
    {
        using var somebody = new TestEnvironment();
        fake.Configure(somebody);
        return await somebody.Service().WrapAsync(fake.Key, DataKey, default);
    }

    // Where the services are, and nothing by which to log in.
    private void SetEndpoints(FakeKeyService fake)
    {
        _environment["AWS_ENDPOINT_URL"] = fake.Address;
        _environment["AWS_EC2_METADATA_DISABLED"] = "true";
        _environment["AZURE_AUTHORITY_HOST"] = fake.Address;
        _environment["SECRETSOPS_AZURE_KEYVAULT_HOSTS"] = $"127.0.0.1:{fake.Port}";
        _environment["SOPS_GCP_KMS_ENDPOINT"] = fake.Address;
        _environment["SECRETSOPS_GCP_STS_ENDPOINT"] = fake.Address;
        _environment["SECRETSOPS_GCP_IAM_ENDPOINT"] = fake.Address;
        _environment["ALIBABA_CLOUD_KMS_ENDPOINT"] = fake.Address;
        _environment["ALIBABA_CLOUD_STS_ENDPOINT"] = fake.Address;
        _environment["VAULT_NAMESPACE"] = "team/a";
    }

    private static JsonNode ClaimsOf(string token) => JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))!;

    private static KubernetesObject Application(string @namespace, string secret = "", string account = "")
    {
        var application = new KubernetesObject(ApiResource.Applications.Gvk, @namespace, "shop");
        application.SetAnnotation(DecryptionSources.SecretAnnotation, secret);
        application.SetAnnotation(DecryptionSources.ServiceAccountAnnotation, account);
        return application;
    }

    private Task<KubernetesObject> CreateAccountAsync(string @namespace, string name, Dictionary<string, string> annotations)
    {
        var account = new KubernetesObject(ApiResource.ServiceAccounts.Gvk, @namespace, name);
        foreach (var (key, value) in annotations)
        {
            account.SetAnnotation(key, value);
        }

        return _cluster.CreateAsync(ApiResource.ServiceAccounts, account);
    }

    private Task<KubernetesObject> CreateSecretAsync(string @namespace, string name, Dictionary<string, string> entries) =>
        _cluster.CreateSecretAsync(@namespace, name, new JsonObject(entries.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Key, entry.Value))).ToJsonString());
}
