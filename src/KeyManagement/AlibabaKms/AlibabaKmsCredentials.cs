using System.Text;

namespace SecretsOps.KeyManagement.AlibabaKms;

/// <summary>Where credentials of Alibaba Cloud come from, and which gateway of KMS is asked.</summary>
public sealed record AlibabaKmsCredentials
{
    internal KeyEnvironment Environment { get; init; } = new() { Variable = _ => null };

    internal AlibabaIdentity? Static { get; init; }

    /// <summary>Whether the environment's own sources (variables, RRSA, profiles, ECS role) may be used.</summary>
    internal bool UsesEnvironment { get; init; }

    /// <summary>The gateway's address; <c>null</c> for the public one of the key's region.</summary>
    internal string? Endpoint { get; init; }

    /// <summary>The CA of a dedicated instance in PEM; <c>null</c> for the system's.</summary>
    internal string? AuthorityPem { get; init; }

    /// <summary>The client key of a dedicated instance, where its own protocol is spoken.</summary>
    internal AlibabaClientKey? ClientKey { get; init; }

    /// <summary>The default chain of Alibaba's SDKs: variables, RRSA, CLI profile, credentials file, ECS RAM role, credentials URI.</summary>
    public static AlibabaKmsCredentials FromEnvironment(KeyEnvironment environment) => new()
    {
        Environment = environment,
        UsesEnvironment = true,
        Endpoint = environment.NonEmpty("ALIBABA_CLOUD_KMS_ENDPOINT") ?? InstanceHost(environment.NonEmpty("ALIBABA_CLOUD_KMS_INSTANCE_ID")),
        AuthorityPem = environment.NonEmpty("ALIBABA_CLOUD_KMS_CA_FILE") is { } path ? KeyEnvironment.ReadText(path) : null,
        ClientKey = environment.NonEmpty("ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE") is { } keyPath
            ? AlibabaClientKey.Parse(KeyEnvironment.ReadText(keyPath), environment.NonEmpty("ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD") ?? "")
            : null,
    };

    /// <summary>The entry <c>sops.alibaba-kms</c> of a Secret: YAML with an access key or a client key, and perhaps <c>instance_id</c>, <c>endpoint</c>, <c>ca</c>.</summary>
    /// <exception cref="FormatException">Neither an access key nor a client key is there.</exception>
    public static AlibabaKmsCredentials FromSecret(ReadOnlySpan<byte> yaml, KeyEnvironment? environment = null)
    {
        var fields = FlatYaml.Read(Encoding.UTF8.GetString(yaml));
        var credentials = new AlibabaKmsCredentials
        {
            Static = fields.GetValueOrDefault("access_key_id") is { } id && fields.GetValueOrDefault("access_key_secret") is { } secret
                ? new AlibabaIdentity(id, secret, fields.GetValueOrDefault("security_token"))
                : null,
            Endpoint = fields.GetValueOrDefault("endpoint") ?? InstanceHost(fields.GetValueOrDefault("instance_id")),
            AuthorityPem = fields.GetValueOrDefault("ca"),
            ClientKey = fields.GetValueOrDefault("client_key") is { } key ? AlibabaClientKey.Parse(key, fields.GetValueOrDefault("client_key_password") ?? "") : null,
        };
        if (credentials is { Static: null, ClientKey: null })
        {
            throw new FormatException("sops.alibaba-kms lacks 'access_key_id' and 'access_key_secret', or 'client_key'");
        }

        return environment is null ? credentials : credentials with { Environment = environment };
    }

    /// <summary>Names the source, never the secret.</summary>
    public override string ToString() => Static is null ? "the environment's Alibaba Cloud credentials" : $"access key {Static}";

    private static string? InstanceHost(string? instanceId) => instanceId is null ? null : $"{instanceId}.cryptoservice.kms.aliyuncs.com";
}
