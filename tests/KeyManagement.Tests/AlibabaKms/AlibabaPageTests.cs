using System.Text;
using System.Text.RegularExpressions;
using SecretsOps.KeyManagement.AlibabaKms;
using SecretsOps.Testing;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.KeyManagement.Tests.AlibabaKms;

/// <summary>docs/how-to/keys-in-alibaba-cloud.md: what a reader copies from it works against a service that checks it.</summary>
public sealed partial class AlibabaPageTests : IDisposable
{
    private static readonly byte[] DataKey = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");
    private static readonly string Page = File.ReadAllText(RepositoryRoot.Combine("docs", "how-to", "keys-in-alibaba-cloud.md"));

    private readonly FakeAlibabaKms _fake = new("3.0");
    private readonly TestEnvironment _environment = new();

    public AlibabaPageTests() => _fake.ConfigureEndpoints(_environment);

    public void Dispose()
    {
        _fake.Dispose();
        _environment.Dispose();
    }

    [Fact]
    public async Task The_pods_variables_and_projected_token_of_rrsa_decrypt()
    {
        var variables = EnvironmentEntry().Matches(Page).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value.Trim('"'));
        Assert.Equal(["ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABA_CLOUD_ROLE_ARN"], variables.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("/var/run/secrets/rrsa/token", variables["ALIBABA_CLOUD_OIDC_TOKEN_FILE"]);
        Assert.Contains("mountPath: /var/run/secrets/rrsa,", Page, StringComparison.Ordinal);
        Assert.Contains("audience: sts.aliyuncs.com, expirationSeconds: 3600, path: token", Page, StringComparison.Ordinal);
        _environment["ALIBABA_CLOUD_ROLE_ARN"] = variables["ALIBABA_CLOUD_ROLE_ARN"].Replace("1234567890:role/secretsops-decrypt", "123456:role/decrypt", StringComparison.Ordinal);
        _environment["ALIBABA_CLOUD_OIDC_PROVIDER_ARN"] = variables["ALIBABA_CLOUD_OIDC_PROVIDER_ARN"].Replace("1234567890:oidc-provider/ack-rrsa-c0123example", "123456:oidc-provider/ack-rrsa-c1", StringComparison.Ordinal);
        _environment["ALIBABA_CLOUD_OIDC_TOKEN_FILE"] = _environment.Home.Write("token", FakeAlibabaKms.OidcToken);
        var service = _environment.Service();

        using var dataKey = await service.UnwrapAsync(_fake.Key, await service.WrapAsync(_fake.Key, DataKey, default), default);

        Assert.Equal(DataKey, dataKey.Span.ToArray());
        Assert.Equal(["AssumeRoleWithOIDC", "Encrypt", "Decrypt"], _fake.Requests.Select(request => request.Query.GetValueOrDefault("Action") ?? request.Header("x-acs-action")));
    }

    [Fact]
    public void Every_key_that_the_page_writes_out_is_one()
    {
        var keys = KeyText().Matches(Page).Select(match => match.Value).Where(text => !text.Contains('…', StringComparison.Ordinal)).Distinct().ToList();

        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.Equal("cn-hangzhou", AlibabaKmsMasterKey.Parse(key).Region));
    }

    [GeneratedRegex(@"- \{ name: (?<name>ALIBABA_\w+), value: (?<value>[^ }]+) \}")]
    private static partial Regex EnvironmentEntry();

    [GeneratedRegex(@"acs:kms:[a-z0-9-]+:\d+:(key|alias)/[\w…-]+")]
    private static partial Regex KeyText();
}
