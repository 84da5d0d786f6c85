using System.Text;

namespace SecretsOps.KeyManagement.HuaweiKms;

/// <summary>Where credentials of Huawei Cloud come from.</summary>
public sealed record HuaweiKmsCredentials
{
    internal KeyEnvironment Environment { get; init; } = new() { Variable = _ => null };

    internal HuaweiIdentity? Static { get; init; }

    internal string? ProjectId { get; init; }

    /// <summary>Whether the instance's metadata service may be asked.</summary>
    internal bool UsesEnvironment { get; init; }

    /// <summary><c>HUAWEICLOUD_SDK_AK</c> and the like, <c>~/.huaweicloud/credentials</c>, the instance's agency.</summary>
    public static HuaweiKmsCredentials FromEnvironment(KeyEnvironment environment)
    {
        var credentials = new HuaweiKmsCredentials
        {
            Environment = environment,
            UsesEnvironment = true,
            ProjectId = environment.NonEmpty("HUAWEICLOUD_SDK_PROJECT_ID"),
        };
        if (environment.NonEmpty("HUAWEICLOUD_SDK_AK") is { } access && environment.NonEmpty("HUAWEICLOUD_SDK_SK") is { } secret)
        {
            return credentials with { Static = new HuaweiIdentity(access, secret, environment.NonEmpty("HUAWEICLOUD_SDK_SECURITY_TOKEN")) };
        }

        var path = environment.NonEmpty("HUAWEICLOUD_SDK_CREDENTIALS_FILE")
            ?? (environment.HomeDirectory is { } home ? Path.Combine(home, ".huaweicloud", "credentials") : null);
        return File.Exists(path) ? With(credentials, IniSection.Read(KeyEnvironment.ReadText(path), "basic")) : credentials;
    }

    /// <summary>The entry <c>sops.huawei-kms</c> of a Secret: YAML with <c>ak</c>, <c>sk</c>, <c>security_token</c>, <c>project_id</c>.</summary>
    /// <exception cref="FormatException">The access key is missing.</exception>
    public static HuaweiKmsCredentials FromSecret(ReadOnlySpan<byte> yaml, KeyEnvironment? environment = null)
    {
        var credentials = With(new HuaweiKmsCredentials(), FlatYaml.Read(Encoding.UTF8.GetString(yaml)));
        if (credentials.Static is null)
        {
            throw new FormatException("sops.huawei-kms lacks 'ak' or 'sk'");
        }

        return environment is null ? credentials : credentials with { Environment = environment };
    }

    /// <summary>Names the access key, never its secret.</summary>
    public override string ToString() => Static is null ? "the instance's Huawei Cloud agency" : $"access key {Static}";

    private static HuaweiKmsCredentials With(HuaweiKmsCredentials credentials, IReadOnlyDictionary<string, string> fields) =>
        fields.GetValueOrDefault("ak") is { } access && fields.GetValueOrDefault("sk") is { } secret
            ? credentials with
            {
                Static = new HuaweiIdentity(access, secret, fields.GetValueOrDefault("security_token")),
                ProjectId = credentials.ProjectId ?? fields.GetValueOrDefault("project_id"),
            }
            : credentials;
}
