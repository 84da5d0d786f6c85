using System.Text;
using System.Text.RegularExpressions;
using SecretsOps.KeyManagement.AlibabaKms;
using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.KeyManagement.AzureKeyVault;
using SecretsOps.KeyManagement.GcpKms;
using SecretsOps.KeyManagement.HuaweiKms;
using SecretsOps.KeyManagement.VaultTransit;
using SecretsOps.Sops.Configuration;
using SecretsOps.Testing;

namespace SecretsOps.Compatibility.Tests.Sops;

/// <summary>The pages about keys in a cloud: what a reader copies is understood, and no setting is promised that nothing reads.</summary>
public sealed partial class KeyPagesTests
{
    private static readonly Lazy<string> Sources = new(() => string.Concat(
        Directory.EnumerateFiles(RepositoryRoot.Combine("src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)));

    [Theory]
    [InlineData("aws", typeof(AwsKmsMasterKey))]
    [InlineData("azure", typeof(AzureKeyVaultMasterKey))]
    [InlineData("google-cloud", typeof(GcpKmsMasterKey))]
    [InlineData("vault-and-openbao", typeof(VaultTransitMasterKey))]
    [InlineData("huawei-cloud", typeof(HuaweiKmsMasterKey))]
    [InlineData("alibaba-cloud", typeof(AlibabaKmsMasterKey))]
    public void The_rules_that_the_page_writes_out_name_keys_of_its_kind(string page, Type kind)
    {
        List<string> rules = [.. YamlBlock().Matches(Page($"keys-in-{page}")).Select(match => match.Groups["text"].Value).Where(text => text.Contains("creation_rules:", StringComparison.Ordinal))];

        Assert.NotEmpty(rules);
        Assert.All(rules, text =>
        {
            var config = SopsConfig.Parse(Encoding.UTF8.GetBytes(text.Replace("…", "0", StringComparison.Ordinal)), "/work/.sops.yaml");
            Assert.Empty(config.UnknownKeys);
            Assert.All(config.CreationRules!, rule => Assert.Contains(rule.KeyGroups.SelectMany(group => group), key => key.GetType() == kind));
        });
    }

    [Theory]
    [InlineData("keys-in-aws")]
    [InlineData("keys-in-azure")]
    [InlineData("keys-in-google-cloud")]
    [InlineData("keys-in-vault-and-openbao")]
    [InlineData("keys-in-huawei-cloud")]
    [InlineData("keys-in-alibaba-cloud")]
    [InlineData("keys-with-age-and-openpgp")]
    public void Every_variable_that_the_page_names_is_read(string page)
    {
        List<string> names = [.. Variable().Matches(Page(page)).Select(match => match.Value).Distinct()];

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.True(IsRead(name), $"nothing reads {name}, which {page}.md names"));
    }

    // Vault's variables have two prefixes, and a login's settings are those of the Secret's entry in capitals.
    private static bool IsRead(string name) =>
        Sources.Value.Contains(name, StringComparison.Ordinal)
        || (name.StartsWith("VAULT_", StringComparison.Ordinal) && Sources.Value.Contains($"\"{name["VAULT_".Length..]}\"", StringComparison.Ordinal))
        || (name.StartsWith("SECRETSOPS_VAULT_", StringComparison.Ordinal) && Sources.Value.Contains($"\"{name["SECRETSOPS_VAULT_".Length..].ToLowerInvariant()}\"", StringComparison.Ordinal));

    private static string Page(string name) => File.ReadAllText(RepositoryRoot.Combine("docs", "how-to", $"{name}.md"));

    [GeneratedRegex(@"^ *```yaml\n(?<text>.*?)^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex YamlBlock();

    [GeneratedRegex(@"\b[A-Z][A-Z0-9]+(_[A-Z0-9]+)+\b")]
    private static partial Regex Variable();
}
