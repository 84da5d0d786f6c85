using System.Text;
using SecretsOps.Cryptography.Age;
using SecretsOps.KeyManagement.Age;
using SecretsOps.KeyManagement.OpenPgp;
using SecretsOps.Testing;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.KeyManagement.Tests;

/// <summary>Row 171: every entry that a key Secret of Flux may have, and ours beside them, each for the service it is meant for; other entries count for nothing.</summary>
public sealed class SecretEntryTests : IDisposable
{
    private static readonly byte[] DataKey = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    private static readonly Dictionary<string, (Func<FakeKeyService> Make, Func<FakeKeyService, string> Content)> Entries = new()
    {
        ["sops.aws-kms"] = (() => new FakeAwsKms(), _ => $"aws_access_key_id: {FakeAwsKms.AccessKeyId}\naws_secret_access_key: {FakeAwsKms.SecretAccessKey}\n"),
        ["sops.gcp-kms"] = (() => new FakeGcpKms(), fake => ((FakeGcpKms)fake).ServiceAccount),
        ["sops.azure-kv"] = (() => new FakeAzureKeyVault(), fake => $"tenantId: tenant-1\nclientId: client-1\nclientSecret: {FakeAzureKeyVault.ClientSecret}\nauthorityHost: {fake.Address}\n"),
        ["sops.vault-token"] = (() => new FakeVault(), _ => $"  {FakeVault.Token}\n"),
        ["sops.vault-auth"] = (() => new FakeVault(), _ => "method: approle\nrole_id: role-id\nsecret_id: secret-id\n"),
        ["sops.alibaba-kms"] = (() => new FakeAlibabaKms("3.0"), fake => $"access_key_id: LTAI-user\naccess_key_secret: {FakeAlibabaKms.AccessKeySecret}\nendpoint: {fake.Address}\n"),
        ["sops.huawei-kms"] = (() => new FakeHuaweiKms(), _ => "ak: AK1\nsk: huawei-secret-key\n"),
    };

    private readonly TestEnvironment _settings = new();

    public static TheoryData<string> EntryNames => [.. Entries.Keys];

    public void Dispose() => _settings.Dispose();

    [Theory]
    [MemberData(nameof(EntryNames))]
    public async Task Row_171_An_entry_gives_its_service_the_credentials(string entry)
    {
        var (make, content) = Entries[entry];
        using var fake = make();
        SetEndpoints(fake);
        var data = new Dictionary<string, byte[]> { [entry] = Encoding.UTF8.GetBytes(content(fake)), ["README"] = "not a key"u8.ToArray(), ["sops.unknown"] = [0xff] };
        var service = new LocalKeyService(KeyCredentials.FromSecretData(data, _settings.Keys));

        using var dataKey = await service.UnwrapAsync(fake.Key, await service.WrapAsync(fake.Key, DataKey, default), default);

        Assert.Equal(DataKey, dataKey.Span.ToArray());
    }

    [Fact]
    public async Task Row_171_Any_number_of_agekey_entries_with_comments_and_of_asc_entries()
    {
        var (first, second) = (X25519Identity.Generate(), X25519Identity.Generate());
        var root = RepositoryRoot.Combine("tests", "Compatibility.Tests", "Data", "sops", "keys");
        var data = new Dictionary<string, byte[]>
        {
            ["one.agekey"] = Encoding.UTF8.GetBytes($"# created by hand\n{first.ToSecretText()}\n\n"),
            ["two.agekey"] = Encoding.UTF8.GetBytes(second.ToSecretText()),
            ["pq.agekey"] = await File.ReadAllBytesAsync(Path.Combine(root, "age-pq.txt")),
            ["pgp.asc"] = await File.ReadAllBytesAsync(Path.Combine(root, "pgp3.asc")),
        };
        var service = new LocalKeyService(KeyCredentials.FromSecretData(data));

        foreach (var key in (MasterKey[])[new AgeMasterKey(first.Recipient.ToString()), new AgeMasterKey(second.Recipient.ToString()), new OpenPgpMasterKey("B02AE1347BC2DCF83A03F1806B781BCACEE45DB1")])
        {
            using var dataKey = await service.UnwrapAsync(key, await service.WrapAsync(key, DataKey, default), default);
            Assert.Equal(DataKey, dataKey.Span.ToArray());
        }
    }

    private void SetEndpoints(FakeKeyService fake)
    {
        _settings["AWS_ENDPOINT_URL"] = fake.Address;
        _settings["SOPS_GCP_KMS_ENDPOINT"] = fake.Address;
        _settings["SECRETSOPS_AZURE_KEYVAULT_HOSTS"] = $"127.0.0.1:{fake.Port}";
        _settings["VAULT_NAMESPACE"] = "team/a";
        _settings["HUAWEICLOUD_SDK_REGION_KMS_CN_NORTH_4"] = fake.Address;
        _settings["HUAWEICLOUD_SDK_IAM_ENDPOINT"] = fake.Address;
    }
}
