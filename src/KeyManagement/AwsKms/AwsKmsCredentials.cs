using System.Text;

namespace SecretsOps.KeyManagement.AwsKms;

/// <summary>Where AWS credentials come from: a fixed access key, or the chain of the environment.</summary>
public sealed record AwsKmsCredentials
{
    internal KeyEnvironment Environment { get; init; } = new() { Variable = _ => null };

    internal AwsIdentity? Static { get; init; }

    /// <summary>Whether the environment's own sources may be used.</summary>
    internal bool UsesEnvironment { get; init; }

    /// <summary>Whether the profile in a file's metadata may choose the credentials; a cluster ignores it.</summary>
    internal bool AllowsProfiles { get; init; }

    /// <summary>The chain of AWS's own tools: variables, web identity, shared files, container, instance.</summary>
    public static AwsKmsCredentials FromEnvironment(KeyEnvironment environment) =>
        new() { Environment = environment, UsesEnvironment = true, AllowsProfiles = environment.IdentityToken is null };

    /// <summary>The entry <c>sops.aws-kms</c> of a Secret: YAML with <c>aws_access_key_id</c>, <c>aws_secret_access_key</c>, <c>aws_session_token</c>.</summary>
    /// <exception cref="FormatException">An access key is missing.</exception>
    public static AwsKmsCredentials FromSecret(ReadOnlySpan<byte> yaml, KeyEnvironment? environment = null)
    {
        var fields = FlatYaml.Read(Encoding.UTF8.GetString(yaml));
        if (fields.GetValueOrDefault("aws_access_key_id") is not { Length: > 0 } id || fields.GetValueOrDefault("aws_secret_access_key") is not { Length: > 0 } secret)
        {
            throw new FormatException("sops.aws-kms lacks 'aws_access_key_id' or 'aws_secret_access_key'");
        }

        var credentials = new AwsKmsCredentials { Static = new AwsIdentity(id, secret, fields.GetValueOrDefault("aws_session_token")) };
        return environment is null ? credentials : credentials with { Environment = environment };
    }

    /// <summary>Names the source, never the secret.</summary>
    public override string ToString() => Static is null ? "the environment's AWS credentials" : $"access key {Static}";
}
