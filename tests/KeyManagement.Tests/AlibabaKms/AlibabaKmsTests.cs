using System.Text;
using SecretsOps.KeyManagement.AlibabaKms;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.KeyManagement.Tests.AlibabaKms;

public sealed class AlibabaKmsTests : IDisposable
{
    private static readonly byte[] DataKey = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    private readonly FakeAlibabaKms _fake = new("3.0");
    private readonly TestEnvironment _environment = new() { Clock = new PatientTime() };

    public AlibabaKmsTests() => _fake.ConfigureEndpoints(_environment);

    public void Dispose()
    {
        _fake.Dispose();
        _environment.Dispose();
    }

    [Theory]
    [InlineData("ALIBABA_CLOUD")]
    [InlineData("ALICLOUD")]
    public async Task Rrsa_exchanges_the_service_accounts_token_for_its_role(string prefix)
    {
        _environment[$"{prefix}_ROLE_ARN"] = FakeAlibabaKms.Role;
        _environment[$"{prefix}_OIDC_PROVIDER_ARN"] = FakeAlibabaKms.Provider;
        _environment[$"{prefix}_OIDC_TOKEN_FILE"] = _environment.Home.Write("token", FakeAlibabaKms.OidcToken);

        await RoundTripAsync(_fake.Key);

        Assert.Equal("AssumeRoleWithOIDC", _fake.Requests.First().Query["Action"]);
        Assert.Equal(3, _fake.Requests.Count); // one exchange for two operations
    }

    [Fact]
    public async Task A_tenants_service_account_is_asked_for_a_token_of_the_right_audience()
    {
        _environment["ALIBABA_CLOUD_ROLE_ARN"] = FakeAlibabaKms.Role;
        _environment["ALIBABA_CLOUD_OIDC_PROVIDER_ARN"] = FakeAlibabaKms.Provider;
        string? asked = null;
        var workload = _environment.Keys with
        {
            IdentityToken = (audience, _) =>
            {
                asked = audience;
                return Task.FromResult(FakeAlibabaKms.OidcToken);
            },
        };

        await new LocalKeyService(KeyCredentials.FromSecretData(new Dictionary<string, byte[]>(), workload)).WrapAsync(_fake.Key, DataKey, default);

        Assert.Equal("sts.aliyuncs.com", asked);
    }

    [Fact]
    public async Task An_ecs_role_is_found_through_the_metadata_service()
    {
        await RoundTripAsync(_fake.Key);

        Assert.Contains(_fake.Requests, request => request.Path == "/latest/meta-data/ram/security-credentials/EcsRole");
    }

    [Fact]
    public async Task A_keys_role_is_assumed_with_the_access_key()
    {
        _fake.Configure(_environment);

        await RoundTripAsync(new AlibabaKmsMasterKey(FakeAlibabaKms.Arn) { Role = FakeAlibabaKms.Role });

        Assert.Equal("AssumeRole", _fake.Requests.First().Header("x-acs-action"));
    }

    [Theory]
    [InlineData(".aliyun/config.json", """{"current":"work","profiles":[{"name":"work","mode":"AK","access_key_id":"LTAI-user","access_key_secret":"testsecret-of-the-user"}]}""")]
    [InlineData(".alibabacloud/credentials", "[default]\ntype = access_key\naccess_key_id = LTAI-user\naccess_key_secret = testsecret-of-the-user\n")]
    public async Task Profiles_of_the_command_line_and_of_the_sdks_are_read(string path, string content)
    {
        _environment.Home.Write(path, content);

        await RoundTripAsync(_fake.Key);

        Assert.Equal(2, _fake.Requests.Count);
    }

    [Fact]
    public async Task A_secrets_access_key_is_used()
    {
        var yaml = $"access_key_id: LTAI-user\naccess_key_secret: {FakeAlibabaKms.AccessKeySecret}\nendpoint: {_fake.Address}\n";
        var service = new LocalKeyService(KeyCredentials.FromSecretData(new Dictionary<string, byte[]> { ["sops.alibaba-kms"] = Encoding.UTF8.GetBytes(yaml) }));

        await service.WrapAsync(_fake.Key, DataKey, default);

        Assert.Single(_fake.Requests);
    }

    [Theory]
    [InlineData("acs:kms:cn-hangzhou:123:key/id", "cn-hangzhou")]
    [InlineData("acs:kms:cn-shanghai:123:alias/name", "cn-shanghai")]
    public void Arns_are_read(string arn, string region) => Assert.Equal(region, AlibabaKmsMasterKey.Parse(arn).Region);

    [Theory]
    [InlineData("acs:kms:cn-hangzhou:123:secret/id")]
    [InlineData("arn:aws:kms:us-east-1:1:key/a")]
    [InlineData("acs:kms:evil.example/:123:key/id")]
    public void Other_texts_are_refused_with_the_expected_shape(string arn) =>
        Assert.Contains("acs:kms:REGION:ACCOUNT:key/ID", Assert.Throws<FormatException>(() => AlibabaKmsMasterKey.Parse(arn)).Message, StringComparison.Ordinal);

    private async Task RoundTripAsync(MasterKey key)
    {
        var service = _environment.Service();
        using var dataKey = await service.UnwrapAsync(key, await service.WrapAsync(key, DataKey, default), default);
        Assert.Equal(DataKey, dataKey.Span.ToArray());
    }
}
