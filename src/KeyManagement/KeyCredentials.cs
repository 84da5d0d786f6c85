using SecretsOps.KeyManagement.Age;
using SecretsOps.KeyManagement.AlibabaKms;
using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.KeyManagement.AzureKeyVault;
using SecretsOps.KeyManagement.GcpKms;
using SecretsOps.KeyManagement.HuaweiKms;
using SecretsOps.KeyManagement.OpenPgp;
using SecretsOps.KeyManagement.VaultTransit;

namespace SecretsOps.KeyManagement;

/// <summary>Where each backend finds its credentials. Each source is opened at the first use of its backend.</summary>
public sealed record KeyCredentials
{
    /// <summary>The clock for time-outs.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The longest that one key of a network service may take.</summary>
    public TimeSpan KeyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Age identities.</summary>
    public Func<AgeCredentials> Age { get; init; } = () => new AgeCredentials();

    /// <summary>OpenPGP keys.</summary>
    public Func<OpenPgpCredentials> OpenPgp { get; init; } = () => new OpenPgpCredentials();

    /// <summary>AWS access keys and roles.</summary>
    public Func<AwsKmsCredentials> AwsKms { get; init; } = () => new AwsKmsCredentials();

    /// <summary>Google Cloud accounts.</summary>
    public Func<GcpKmsCredentials> GcpKms { get; init; } = () => new GcpKmsCredentials();

    /// <summary>Azure clients and identities.</summary>
    public Func<AzureKeyVaultCredentials> AzureKeyVault { get; init; } = () => new AzureKeyVaultCredentials();

    /// <summary>Vault and OpenBao tokens and logins.</summary>
    public Func<VaultTransitCredentials> VaultTransit { get; init; } = () => new VaultTransitCredentials();

    /// <summary>Alibaba Cloud access keys and roles.</summary>
    public Func<AlibabaKmsCredentials> AlibabaKms { get; init; } = () => new AlibabaKmsCredentials();

    /// <summary>Huawei Cloud access keys.</summary>
    public Func<HuaweiKmsCredentials> HuaweiKms { get; init; } = () => new HuaweiKmsCredentials();

    /// <summary>The sources of the command line: the variables and files that SOPS and the clouds' own tools read.</summary>
    public static KeyCredentials FromEnvironment(KeyEnvironment environment) => new()
    {
        Clock = environment.Clock,
        Age = () => AgeCredentials.FromEnvironment(environment),
        OpenPgp = () => OpenPgpCredentials.FromEnvironment(environment),
        AwsKms = () => AwsKmsCredentials.FromEnvironment(environment),
        GcpKms = () => GcpKmsCredentials.FromEnvironment(environment),
        AzureKeyVault = () => AzureKeyVaultCredentials.FromEnvironment(environment),
        VaultTransit = () => VaultTransitCredentials.FromEnvironment(environment),
        AlibabaKms = () => AlibabaKmsCredentials.FromEnvironment(environment),
        HuaweiKms = () => HuaweiKmsCredentials.FromEnvironment(environment),
    };

    /// <summary>The sources of a cluster: a Secret's data under the key names of Flux (<c>*.agekey</c>, <c>*.asc</c>, <c>sops.vault-token</c>, <c>sops.aws-kms</c>, …).</summary>
    /// <param name="data">The Secret's data.</param>
    /// <param name="workload">
    /// What backends use that the Secret says nothing of: the workload identity of a service account (<see cref="KeyEnvironment.IdentityToken"/>)
    /// or the controller's own environment; endpoints and allow-lists come from it too. Age and OpenPGP keys come from the Secret only.
    /// </param>
    public static KeyCredentials FromSecretData(IReadOnlyDictionary<string, byte[]> data, KeyEnvironment? workload = null)
    {
        var environment = workload ?? new KeyEnvironment { Variable = _ => null };
        return FromSecretData(data, environment, workload is null ? new KeyCredentials() : FromEnvironment(workload));
    }

    /// <summary>A Secret's entries first, and for what it says nothing of the <paramref name="others"/>.</summary>
    /// <param name="data">The Secret's data.</param>
    /// <param name="environment">Endpoints and allow-lists for the Secret's entries.</param>
    /// <param name="others">Such as those of a <see cref="WorkloadIdentity"/>. Age and OpenPGP keys come from the Secret only.</param>
    public static KeyCredentials FromSecretData(IReadOnlyDictionary<string, byte[]> data, KeyEnvironment environment, KeyCredentials others)
    {
        return others with
        {
            Age = () => AgeCredentials.FromFiles(data.Where(entry => entry.Key.EndsWith(".agekey", StringComparison.Ordinal))),
            OpenPgp = () => OpenPgpCredentials.FromKeys(data.Where(entry => entry.Key.EndsWith(".asc", StringComparison.Ordinal)).Select(entry => entry.Value)),
            AwsKms = Entry("sops.aws-kms", content => AwsKmsCredentials.FromSecret(content, environment), others.AwsKms),
            GcpKms = Entry("sops.gcp-kms", content => GcpKmsCredentials.FromSecret(content, environment), others.GcpKms),
            AzureKeyVault = Entry("sops.azure-kv", content => AzureKeyVaultCredentials.FromSecret(content, environment), others.AzureKeyVault),
            VaultTransit = data.ContainsKey("sops.vault-token") || data.ContainsKey("sops.vault-auth") ? () => VaultTransitCredentials.FromSecret(data, environment) : others.VaultTransit,
            AlibabaKms = Entry("sops.alibaba-kms", content => AlibabaKmsCredentials.FromSecret(content, environment), others.AlibabaKms),
            HuaweiKms = Entry("sops.huawei-kms", content => HuaweiKmsCredentials.FromSecret(content, environment), others.HuaweiKms),
        };

        Func<T> Entry<T>(string name, Func<byte[], T> read, Func<T> otherwise) => data.TryGetValue(name, out var content) ? () => read(content) : otherwise;
    }
}
