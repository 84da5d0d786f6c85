using System.Collections.Frozen;
using SecretsOps.KeyManagement.AlibabaKms;
using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.KeyManagement.AzureKeyVault;
using SecretsOps.KeyManagement.GcpKms;
using SecretsOps.KeyManagement.VaultTransit;

namespace SecretsOps.KeyManagement;

// cloud    what the service account carries                                       what its token becomes
// AWS      eks.amazonaws.com/role-arn                                              AssumeRoleWithWebIdentity (IRSA)
// Azure    azure.workload.identity/client-id, /tenant-id                           client assertion at Entra
// Google   gcp.auth.fluxcd.io/workload-identity-provider                           token exchange, then as
//          iam.gke.io/gcp-service-account                                          that account where it is named
// Alibaba  secretsops.io/alibaba-role-arn, or pod-identity.alibabacloud.com/role-name   AssumeRoleWithOIDC (RRSA)
//          secretsops.io/alibaba-oidc-provider-arn, or ALIBABA_CLOUD_OIDC_PROVIDER_ARN
// Vault    secretsops.io/vault-role, or with SECRETSOPS_VAULT_AUTH set NAMESPACE_NAME   a login by kubernetes or jwt

/// <summary>A service account of a cluster as an identity in the clouds: its annotations name the roles, its tokens prove it.</summary>
public sealed class WorkloadIdentity(string @namespace, string name, IReadOnlyDictionary<string, string> annotations, Func<string, CancellationToken, Task<string>> token)
{
    // Settings of the process that say where and how, never who: they hold for every identity.
    private static readonly FrozenSet<string> Settings = FrozenSet.ToFrozenSet(
    [
        "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KMS", "AWS_ENDPOINT_URL_STS", "AWS_USE_FIPS_ENDPOINT", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AZURE_AUTHORITY_HOST", "SECRETSOPS_AZURE_KEYVAULT_HOSTS",
        "SOPS_GCP_KMS_ENDPOINT", "SOPS_GCP_KMS_UNIVERSE_DOMAIN", "SECRETSOPS_GCP_STS_ENDPOINT", "SECRETSOPS_GCP_IAM_ENDPOINT",
        "ALIBABA_CLOUD_KMS_ENDPOINT", "ALIBABA_CLOUD_KMS_INSTANCE_ID", "ALIBABA_CLOUD_KMS_CA_FILE", "ALIBABA_CLOUD_STS_ENDPOINT", "ALIBABA_CLOUD_STS_REGION",
        "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED", "ALIBABA_CLOUD_SIGNATURE_VERSION",
        "SOPS_HC_VAULT_ALLOWLIST", "SECRETSOPS_VAULT_MOUNT", "SECRETSOPS_VAULT_AUDIENCE",
        .. (string[])[.. Twins("NAMESPACE"), .. Twins("CACERT"), .. Twins("CACERT_BYTES"), .. Twins("CAPATH"), .. Twins("TLS_SERVER_NAME"), .. Twins("SKIP_VERIFY")],
    ]);

    /// <summary>The account's roles where its annotations name some, and elsewhere the process's own sources.</summary>
    /// <param name="own">The process's environment: settings for the account too, and the credentials for clouds in which the account has no role.</param>
    public KeyCredentials Credentials(KeyEnvironment own)
    {
        var others = KeyCredentials.FromEnvironment(own);
        return others with
        {
            AwsKms = Aws() is { } aws ? () => AwsKmsCredentials.FromEnvironment(As(own, aws)) with { AllowsProfiles = false } : others.AwsKms,
            AzureKeyVault = Azure(own) is { } azure ? () => AzureKeyVaultCredentials.FromEnvironment(As(own, azure)) : others.AzureKeyVault,
            GcpKms = Google(own) is { } google ? () => GcpKmsCredentials.FromEnvironment(As(own, google)) : others.GcpKms,
            AlibabaKms = Alibaba(own) is { } alibaba ? () => AlibabaKmsCredentials.FromEnvironment(As(own, alibaba)) : others.AlibabaKms,
            VaultTransit = Vault(own) is { } vault ? () => VaultTransitCredentials.FromEnvironment(As(own, vault)) : others.VaultTransit,
        };
    }

    /// <summary>The account's name only.</summary>
    public override string ToString() => $"ServiceAccount/{@namespace}/{name}";

    private Dictionary<string, string>? Aws() =>
        Annotation("eks.amazonaws.com/role-arn") is { } role ? new() { ["AWS_ROLE_ARN"] = role, ["AWS_EC2_METADATA_DISABLED"] = "true" } : null;

    private Dictionary<string, string>? Azure(KeyEnvironment own) =>
        Annotation("azure.workload.identity/client-id") is { } client && (Annotation("azure.workload.identity/tenant-id") ?? own.NonEmpty("AZURE_TENANT_ID")) is { } tenant
            ? new() { ["AZURE_CLIENT_ID"] = client, ["AZURE_TENANT_ID"] = tenant }
            : null;

    private Dictionary<string, string>? Google(KeyEnvironment own)
    {
        var account = Annotation("iam.gke.io/gcp-service-account");
        if ((Annotation("gcp.auth.fluxcd.io/workload-identity-provider") ?? (account is null ? null : own.NonEmpty("GCP_WORKLOAD_IDENTITY_PROVIDER"))) is not { } provider)
        {
            return null;
        }

        var variables = new Dictionary<string, string> { ["GCP_WORKLOAD_IDENTITY_PROVIDER"] = provider };
        if (account is not null)
        {
            variables["GCP_SERVICE_ACCOUNT"] = account;
        }

        return variables;
    }

    private Dictionary<string, string>? Alibaba(KeyEnvironment own)
    {
        var provider = Annotation("secretsops.io/alibaba-oidc-provider-arn") ?? own.FirstNonEmpty("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALICLOUD_OIDC_PROVIDER_ARN");
        var role = Annotation("secretsops.io/alibaba-role-arn") ?? RoleOf(provider, Annotation("pod-identity.alibabacloud.com/role-name"));
        return provider is null || role is null
            ? null
            : new() { ["ALIBABA_CLOUD_ROLE_ARN"] = role, ["ALIBABA_CLOUD_OIDC_PROVIDER_ARN"] = provider, ["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true" };
    }

    // acs:ram::ACCOUNT:oidc-provider/NAME: the role is of the same account.
    private static string? RoleOf(string? provider, string? roleName) =>
        roleName is not null && provider?.Split(':') is ["acs", "ram", _, { Length: > 0 } account, ..] ? $"acs:ram::{account}:role/{roleName}" : null;

    private Dictionary<string, string>? Vault(KeyEnvironment own)
    {
        var method = own.NonEmpty("SECRETSOPS_VAULT_AUTH");
        var role = Annotation("secretsops.io/vault-role") ?? (method is "kubernetes" or "jwt" ? $"{@namespace}_{name}" : null);
        return role is null ? null : new() { ["SECRETSOPS_VAULT_AUTH"] = method is "jwt" ? "jwt" : "kubernetes", ["SECRETSOPS_VAULT_ROLE"] = role };
    }

    private KeyEnvironment As(KeyEnvironment own, Dictionary<string, string> identity) => new()
    {
        Clock = own.Clock,
        Variable = variable => identity.GetValueOrDefault(variable) ?? (Settings.Contains(variable) ? own.Variable(variable) : null),
        IdentityToken = token,
    };

    private string? Annotation(string key) => annotations.GetValueOrDefault(key) is { Length: > 0 } value ? value : null;

    private static string[] Twins(string variable) => [$"VAULT_{variable}", $"BAO_{variable}"];
}
