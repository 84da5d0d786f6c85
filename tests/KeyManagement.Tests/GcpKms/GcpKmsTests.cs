using System.Text;
using SecretsOps.KeyManagement.GcpKms;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.KeyManagement.Tests.GcpKms;

/// <summary>The ways to a token of Google Cloud beside the service account's key.</summary>
public sealed class GcpKmsTests : IDisposable
{
    private static readonly byte[] DataKey = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    private readonly FakeGcpKms _fake = new();
    private readonly TestEnvironment _environment = new() { Clock = new PatientTime() };

    public GcpKmsTests() => _environment["SOPS_GCP_KMS_ENDPOINT"] = _fake.Address;

    public void Dispose()
    {
        _fake.Dispose();
        _environment.Dispose();
    }

    [Fact]
    public async Task Application_default_credentials_of_a_user_are_found_in_the_home_directory()
    {
        _environment.Home.Write(".config/gcloud/application_default_credentials.json", _fake.UserLogin);

        await RoundTripAsync(_environment.Service());
    }

    [Fact]
    public async Task A_federated_workload_acts_as_a_service_account()
    {
        var tokenFile = _environment.Home.Write("token", FakeGcpKms.WorkloadToken + "\n");
        _environment["GOOGLE_APPLICATION_CREDENTIALS"] = _environment.Home.Write("external.json", _fake.ExternalAccount(tokenFile));

        await RoundTripAsync(_environment.Service());

        Assert.Equal(2, _fake.Requests.Count(request => !request.Path.StartsWith("/v1/projects/p1/", StringComparison.Ordinal))); // one exchange for both operations
    }

    [Fact]
    public async Task A_service_accounts_token_is_asked_for_with_the_providers_audience()
    {
        _environment["GCP_WORKLOAD_IDENTITY_PROVIDER"] = FakeGcpKms.Provider;
        _environment["GCP_SERVICE_ACCOUNT"] = FakeGcpKms.ServiceAccountEmail;
        _environment["SECRETSOPS_GCP_STS_ENDPOINT"] = _fake.Address;
        _environment["SECRETSOPS_GCP_IAM_ENDPOINT"] = _fake.Address;
        var asked = new List<string>();
        var keys = _environment.Keys with
        {
            IdentityToken = (audience, _) =>
            {
                asked.Add(audience);
                return Task.FromResult(FakeGcpKms.WorkloadToken);
            },
        };

        await RoundTripAsync(new LocalKeyService(KeyCredentials.FromSecretData(new Dictionary<string, byte[]>(), keys)));

        Assert.Equal([$"https://iam.googleapis.com/{FakeGcpKms.Provider}"], asked);
    }

    [Fact]
    public async Task A_machine_of_google_asks_the_metadata_server()
    {
        _environment["GCE_METADATA_HOST"] = _fake.Address["http://".Length..];

        await RoundTripAsync(_environment.Service());
    }

    [Fact]
    public async Task A_resource_that_is_none_is_refused_before_any_request()
    {
        _fake.Configure(_environment);

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => _environment.Service().WrapAsync(new GcpKmsMasterKey("projects/p1/../../x"), DataKey, default));

        Assert.Contains("projects/P/locations/L/keyRings/R/cryptoKeys/K", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_fake.Requests);
    }

    private async Task RoundTripAsync(LocalKeyService service)
    {
        using var dataKey = await service.UnwrapAsync(_fake.Key, await service.WrapAsync(_fake.Key, DataKey, default), default);
        Assert.Equal(DataKey, dataKey.Span.ToArray());
    }
}
