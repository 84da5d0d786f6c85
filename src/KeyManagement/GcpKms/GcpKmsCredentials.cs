namespace SecretsOps.KeyManagement.GcpKms;

/// <summary>Where access tokens of Google Cloud come from.</summary>
public sealed record GcpKmsCredentials
{
    internal KeyEnvironment Environment { get; init; } = new() { Variable = _ => null };

    /// <summary>The content of a credentials file, where it is not the environment's choice.</summary>
    internal string? Json { get; init; }

    /// <summary>Whether the environment's own sources may be used.</summary>
    internal bool UsesEnvironment { get; init; }

    /// <summary><c>GOOGLE_CREDENTIALS</c>, <c>GOOGLE_OAUTH_ACCESS_TOKEN</c>, application default credentials, the metadata server.</summary>
    public static GcpKmsCredentials FromEnvironment(KeyEnvironment environment) => new() { Environment = environment, UsesEnvironment = true };

    /// <summary>The entry <c>sops.gcp-kms</c> of a Secret: a credentials file in JSON.</summary>
    public static GcpKmsCredentials FromSecret(ReadOnlySpan<byte> json, KeyEnvironment? environment = null)
    {
        var credentials = new GcpKmsCredentials { Json = System.Text.Encoding.UTF8.GetString(json) };
        return environment is null ? credentials : credentials with { Environment = environment };
    }

    /// <summary>Names the kind of source only.</summary>
    public override string ToString() => Json is null ? "the environment's Google credentials" : "a Google credentials file";
}
