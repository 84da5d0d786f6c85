using System.Text;
using SecretsOps.Testing.KeyServices;
using SecretsOps.KeyManagement.VaultTransit;

namespace SecretsOps.KeyManagement.Tests.VaultTransit;

public sealed class VaultTransitTests : IDisposable
{
    private static readonly byte[] DataKey = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    private readonly FakeVault _fake = new();
    private readonly TestEnvironment _environment = new();

    public VaultTransitTests() => _environment["BAO_NAMESPACE"] = "team/a";

    public void Dispose()
    {
        _fake.Dispose();
        _environment.Dispose();
    }

    [Theory]
    [InlineData("kubernetes")]
    [InlineData("jwt")]
    public async Task A_workloads_token_logs_in_once(string method)
    {
        _environment["SECRETSOPS_VAULT_AUTH"] = method;
        _environment["SECRETSOPS_VAULT_ROLE"] = "decrypt";
        _environment["SECRETSOPS_VAULT_JWT_FILE"] = _environment.Home.Write("token", "jwt-of-the-workload");

        await RoundTripAsync();

        Assert.Equal([$"/v1/auth/{method}/login", "/v1/team/transit/encrypt/sops", "/v1/team/transit/decrypt/sops"], _fake.Requests.Select(request => request.Path));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("vault.example.org")]
    public async Task A_service_accounts_token_is_asked_for_with_the_servers_address_or_the_set_audience(string? audience)
    {
        _environment["SECRETSOPS_VAULT_AUTH"] = "kubernetes";
        _environment["SECRETSOPS_VAULT_ROLE"] = "decrypt";
        _environment["SECRETSOPS_VAULT_AUDIENCE"] = audience;
        var asked = new List<string>();
        var keys = _environment.Keys with
        {
            IdentityToken = (wanted, _) =>
            {
                asked.Add(wanted);
                return Task.FromResult("jwt-of-the-workload");
            },
        };

        await new LocalKeyService(KeyCredentials.FromSecretData(new Dictionary<string, byte[]>(), keys)).WrapAsync(_fake.Key, DataKey, default);

        Assert.Equal([audience ?? _fake.Address], asked);
    }

    [Fact]
    public async Task An_app_role_logs_in()
    {
        _environment["SECRETSOPS_VAULT_AUTH"] = "approle";
        _environment["SECRETSOPS_VAULT_ROLE_ID"] = "role-id";
        _environment["SECRETSOPS_VAULT_SECRET_ID"] = "secret-id";

        await RoundTripAsync();
    }

    [Fact]
    public async Task A_token_that_ended_early_is_replaced_by_one_more_login()
    {
        _environment["SECRETSOPS_VAULT_AUTH"] = "approle";
        _environment["SECRETSOPS_VAULT_ROLE_ID"] = "role-id";
        _environment["SECRETSOPS_VAULT_SECRET_ID"] = "secret-id";
        _fake.LoginTokenUses = 1;

        await RoundTripAsync();

        Assert.Equal(2, _fake.Requests.Count(request => request.Path.EndsWith("/login", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_token_file_of_the_vault_program_is_read()
    {
        _environment.Home.Write(".vault-token", FakeVault.Token + "\n");

        await RoundTripAsync();
    }

    [Fact]
    public async Task A_secrets_token_is_trimmed_and_used()
    {
        var service = new LocalKeyService(KeyCredentials.FromSecretData(new Dictionary<string, byte[]> { ["sops.vault-token"] = Encoding.UTF8.GetBytes($" {FakeVault.Token}\n") }, _environment.Keys));

        Assert.StartsWith("vault:v1:", await service.WrapAsync(_fake.Key, DataKey, default), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", false)]
    [InlineData("https://vault.example.org", false)]
    [InlineData("{address}", true)]
    [InlineData("https://vault.example.org, {address}/v1/team", true)]
    [InlineData("{address}1", false)]
    [InlineData("all", true)]
    public async Task The_allow_list_decides_which_server_sees_the_token(string allowList, bool isAllowed)
    {
        _environment["VAULT_TOKEN"] = FakeVault.Token;
        _environment["SOPS_HC_VAULT_ALLOWLIST"] = allowList.Replace("{address}", _fake.Address, StringComparison.Ordinal);

        var failure = await Record.ExceptionAsync(() => _environment.Service().WrapAsync(_fake.Key, DataKey, default));

        Assert.Equal(isAllowed, failure is null);
        Assert.Equal(isAllowed ? 1 : 0, _fake.Requests.Count);
    }

    [Theory]
    [InlineData("https://v:8200/v1/transit/keys/k", "https://v:8200", "transit", "k")]
    [InlineData("https://v/v1/a/b/c/keys/k", "https://v", "a/b/c", "k")]
    public void Uris_are_read(string uri, string address, string engine, string name)
    {
        var key = VaultTransitMasterKey.Parse(uri);

        Assert.Equal((address, engine, name), (key.VaultAddress, key.EnginePath, key.KeyName));
        Assert.Equal(uri, key.Identity);
    }

    [Theory]
    [InlineData("https://v/prefix/v1/transit/keys/k")]
    [InlineData("https://v/v1/keys/k")]
    [InlineData("https://v/v1/transit/keys/")]
    [InlineData("ftp://v/v1/transit/keys/k")]
    public void Other_uris_are_refused(string uri) => Assert.Throws<FormatException>(() => VaultTransitMasterKey.Parse(uri));

    private async Task RoundTripAsync()
    {
        var service = _environment.Service();
        using var dataKey = await service.UnwrapAsync(_fake.Key, await service.WrapAsync(_fake.Key, DataKey, default), default);
        Assert.Equal(DataKey, dataKey.Span.ToArray());
    }
}
