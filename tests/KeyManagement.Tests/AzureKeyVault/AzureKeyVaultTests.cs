using System.Text;
using SecretsOps.KeyManagement.AzureKeyVault;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.KeyManagement.Tests.AzureKeyVault;

public sealed class AzureKeyVaultTests : IDisposable
{
    private static readonly byte[] DataKey = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    private readonly FakeAzureKeyVault _fake = new();
    private readonly TestEnvironment _environment = new() { Clock = new PatientTime() };

    public AzureKeyVaultTests() => _fake.ConfigureClient(_environment);

    public void Dispose()
    {
        _fake.Dispose();
        _environment.Dispose();
    }

    [Fact]
    public async Task A_certificate_proves_the_client()
    {
        _environment["AZURE_CLIENT_CERTIFICATE_PATH"] = _environment.Home.Write("client.pem", _fake.CertificatePem);

        await RoundTripAsync(_fake.Key);
    }

    [Fact]
    public async Task A_federated_token_proves_the_workload()
    {
        _environment["AZURE_FEDERATED_TOKEN_FILE"] = _environment.Home.Write("token", FakeAzureKeyVault.FederatedToken);

        await RoundTripAsync(_fake.Key);
    }

    [Fact]
    public async Task A_service_accounts_token_is_asked_for_with_the_audience_of_entra()
    {
        var asked = new List<string>();
        var keys = _environment.Keys with
        {
            IdentityToken = (audience, _) =>
            {
                asked.Add(audience);
                return Task.FromResult(FakeAzureKeyVault.FederatedToken);
            },
        };

        await new LocalKeyService(KeyCredentials.FromSecretData(new Dictionary<string, byte[]>(), keys)).WrapAsync(_fake.Key, DataKey, default);

        Assert.Equal(["api://AzureADTokenExchange"], asked);
    }

    [Fact]
    public async Task A_managed_identity_is_found_through_the_metadata_service()
    {
        _environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = _fake.Address;

        await RoundTripAsync(_fake.Key);

        Assert.Equal("/metadata/identity/oauth2/token", _fake.Requests.First().Path);
    }

    [Theory]
    [InlineData("tenantId: tenant-1\nclientId: client-1\nclientSecret: client~secret\n", false)]
    [InlineData("""{"tenant": "tenant-1", "appId": "client-1", "password": "client~secret", "displayName": "sops"}""", false)]
    [InlineData("tenantId: tenant-1\nclientId: client-1\nclientSecret: client~secret\n", true)]
    public async Task A_secrets_fields_are_read_in_all_their_forms(string content, bool isUtf16)
    {
        var bytes = isUtf16 ? [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(content)] : Encoding.UTF8.GetBytes(content);
        var authority = isUtf16 || content[0] == '{' ? [] : Encoding.UTF8.GetBytes($"authorityHost: {_fake.Address}\n");
        var credentials = AzureKeyVaultCredentials.FromSecret([.. bytes, .. authority], _environment.Keys) with { AuthorityHost = _fake.Address };

        var client = new AzureKeyVaultClient(credentials);

        Assert.NotEmpty(await client.WrapAsync((MasterKey)_fake.Key, DataKey, default));
    }

    [Fact]
    public async Task A_missing_version_is_filled_with_the_current_one()
    {
        _fake.Configure(_environment);
        var key = AzureKeyVaultMasterKey.Parse($"{_fake.Address}/keys/sops");

        var pinned = await _environment.Service().PinAsync(key, default);

        Assert.Equal($"{_fake.Address}/keys/sops/v1", pinned.Identity);
        Assert.DoesNotContain('=', await _environment.Service().WrapAsync(pinned, DataKey, default));
    }

    [Fact]
    public async Task A_host_that_is_no_vault_gets_no_token()
    {
        _fake.Configure(_environment);
        _environment["SECRETSOPS_AZURE_KEYVAULT_HOSTS"] = null;

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => _environment.Service().WrapAsync(_fake.Key, DataKey, default));

        Assert.Contains("no token was sent", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_fake.Requests);
    }

    private async Task RoundTripAsync(MasterKey key)
    {
        var service = _environment.Service();
        using var dataKey = await service.UnwrapAsync(key, await service.WrapAsync(key, DataKey, default), default);
        Assert.Equal(DataKey, dataKey.Span.ToArray());
    }
}
