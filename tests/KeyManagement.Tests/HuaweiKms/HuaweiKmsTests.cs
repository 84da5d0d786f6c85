using System.Text;
using SecretsOps.KeyManagement.HuaweiKms;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.KeyManagement.Tests.HuaweiKms;

public sealed class HuaweiKmsTests : IDisposable
{
    private static readonly byte[] DataKey = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    private readonly FakeHuaweiKms _fake = new();
    private readonly TestEnvironment _environment = new() { Clock = new PatientTime() };

    public HuaweiKmsTests()
    {
        _environment["HUAWEICLOUD_SDK_REGION_KMS_CN_NORTH_4"] = _fake.Address;
        _environment["HUAWEICLOUD_SDK_IAM_ENDPOINT"] = _fake.Address;
    }

    public void Dispose()
    {
        _fake.Dispose();
        _environment.Dispose();
    }

    [Fact]
    public async Task The_credentials_file_of_the_sdks_is_read()
    {
        _environment.Home.Write(".huaweicloud/credentials", "[basic]\nak = AK1\nsk = huawei-secret-key\n");

        await RoundTripAsync(_environment.Service());
    }

    [Fact]
    public async Task An_instances_agency_is_found_through_the_metadata_service()
    {
        _environment["HUAWEICLOUD_SDK_METADATA_ENDPOINT"] = _fake.Address;

        await RoundTripAsync(_environment.Service());

        Assert.Equal("/openstack/latest/securitykey", _fake.Requests.First().Path);
    }

    [Fact]
    public async Task A_secrets_access_key_and_project_are_used()
    {
        var data = new Dictionary<string, byte[]> { ["sops.huawei-kms"] = Encoding.UTF8.GetBytes("ak: AK1\nsk: huawei-secret-key\nproject_id: project-1\n") };

        await RoundTripAsync(new LocalKeyService(KeyCredentials.FromSecretData(data, _environment.Keys)));

        Assert.DoesNotContain(_fake.Requests, request => request.Path == "/v3/projects");
    }

    [Fact]
    public async Task A_region_that_is_no_host_name_part_is_refused()
    {
        _fake.Configure(_environment);

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => _environment.Service().WrapAsync(HuaweiKmsMasterKey.Parse("evil.example/:0d0466b0-e727-4d9c-b35d-f84bb474a37f"), DataKey, default));

        Assert.Contains("not a region", refused.Message, StringComparison.Ordinal);
    }

    private async Task RoundTripAsync(LocalKeyService service)
    {
        using var dataKey = await service.UnwrapAsync(_fake.Key, await service.WrapAsync(_fake.Key, DataKey, default), default);
        Assert.Equal(DataKey, dataKey.Span.ToArray());
    }
}
