using System.Collections.Concurrent;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.AwsKms;

/// <summary>Finds the identity for a key, in the order of AWS's own tools, and keeps temporary ones until they end.</summary>
internal sealed class AwsCredentialChain(AwsKmsCredentials credentials, KeyHttp http)
{
    // 1. fixed   2. AWS_ACCESS_KEY_ID   3. web identity (IRSA)   4. shared files   5. container (EKS Pod Identity, ECS)   6. instance (IMDSv2)

    private readonly KeyEnvironment _environment = credentials.Environment;
    private readonly Lazy<AwsConfigFile> _config = new(() => AwsConfigFile.Load(credentials.Environment));
    private readonly ConcurrentDictionary<string, TokenCache<AwsIdentity>> _caches = new(StringComparer.Ordinal);
    private readonly AwsStsClient _sts = new(http, credentials.Environment.Clock);
    private readonly AwsMetadataClient _metadata = new(http, credentials.Environment);

    public AwsConfigFile Config => _config.Value;

    /// <summary>The profile that decides endpoints where none is named.</summary>
    public string DefaultProfile => _environment.FirstNonEmpty("AWS_PROFILE", "AWS_DEFAULT_PROFILE") ?? "default";

    /// <summary>The identity to use a key with, its role assumed.</summary>
    /// <exception cref="KeyBackendException">No source gives one.</exception>
    public async Task<AwsIdentity> ForAsync(AwsKmsMasterKey key, CancellationToken cancellationToken)
    {
        var profile = credentials.AllowsProfiles && key.Profile.Length > 0 ? key.Profile : null;
        var source = await FindAsync(profile, key.Region, cancellationToken).ConfigureAwait(false);
        if (key.Role.Length == 0)
        {
            return source;
        }

        var endpoint = AwsEndpoint.For("sts", key.Region, _environment, Config, profile ?? DefaultProfile);
        return await CachedAsync(
            $"role {source.AccessKeyId} {key.Role}",
            token => _sts.AssumeRoleAsync(source, endpoint, key.Region, key.Role, SessionName, externalId: null, token),
            cancellationToken).ConfigureAwait(false);
    }

    private string SessionName => AwsStsClient.SessionName(_environment.NonEmpty("HOSTNAME") ?? System.Net.Dns.GetHostName());

    private async Task<AwsIdentity> FindAsync(string? profile, string region, CancellationToken cancellationToken)
    {
        if (credentials.Static is { } fixedIdentity)
        {
            return fixedIdentity;
        }

        if (!credentials.UsesEnvironment)
        {
            throw new KeyBackendException("no AWS credentials were given", "add 'sops.aws-kms' to the Secret");
        }

        if (profile is not null)
        {
            return await FromProfileAsync(profile, region, depth: 0, cancellationToken).ConfigureAwait(false)
                ?? throw new KeyBackendException($"the AWS profile '{profile}' is not in the shared configuration or gives no credentials", "run 'aws configure --profile …' or take aws_profile out of the file");
        }

        return FromVariables()
            ?? await FromWebIdentityAsync(region, cancellationToken).ConfigureAwait(false)
            ?? await FromProfileAsync(DefaultProfile, region, depth: 0, cancellationToken).ConfigureAwait(false)
            ?? await FromServicesAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new KeyBackendException("no AWS credentials were found", "set AWS_PROFILE, AWS_ACCESS_KEY_ID or a role for the workload");
    }

    private AwsIdentity? FromVariables() =>
        _environment.NonEmpty("AWS_ACCESS_KEY_ID") is { } id && _environment.NonEmpty("AWS_SECRET_ACCESS_KEY") is { } secret
            ? new(id, secret, _environment.NonEmpty("AWS_SESSION_TOKEN"))
            : null;

    private async Task<AwsIdentity?> FromWebIdentityAsync(string region, CancellationToken cancellationToken)
    {
        const string TokenFile = "AWS_WEB_IDENTITY_TOKEN_FILE";
        if (_environment.NonEmpty("AWS_ROLE_ARN") is not { } role || (_environment.IdentityToken is null && _environment.NonEmpty(TokenFile) is null))
        {
            return null;
        }

        var endpoint = AwsEndpoint.For("sts", region, _environment, Config, DefaultProfile);
        var session = _environment.NonEmpty("AWS_ROLE_SESSION_NAME") ?? SessionName;
        return await CachedAsync($"web {role}", async token =>
        {
            var webToken = await _environment.ReadIdentityTokenAsync(TokenFile, "sts.amazonaws.com", token).ConfigureAwait(false);
            return await _sts.AssumeRoleWithWebIdentityAsync(endpoint, role, session, webToken, token).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task<AwsIdentity?> FromProfileAsync(string name, string region, int depth, CancellationToken cancellationToken)
    {
        const int LongestChain = 8;
        if (depth > LongestChain || Config.Profile(name) is not { } profile)
        {
            return null;
        }

        if (profile.GetValueOrDefault("role_arn") is { } role)
        {
            return await FromProfileRoleAsync(name, profile, role, region, depth, cancellationToken).ConfigureAwait(false);
        }

        if (profile.GetValueOrDefault("aws_access_key_id") is { } id && profile.GetValueOrDefault("aws_secret_access_key") is { } secret)
        {
            return new(id, secret, profile.GetValueOrDefault("aws_session_token"));
        }

        if (profile.GetValueOrDefault("credential_process") is { } command)
        {
            return await CachedAsync($"process {name}", token => AwsCredentialProcess.RunAsync(command, _environment, token), cancellationToken).ConfigureAwait(false);
        }

        return profile.ContainsKey("sso_account_id")
            ? await CachedAsync($"sso {name}", token => new AwsSsoClient(http, _environment).GetAsync(name, profile, Config, token), cancellationToken).ConfigureAwait(false)
            : null;
    }

    private async Task<AwsIdentity?> FromProfileRoleAsync(
        string name, IReadOnlyDictionary<string, string> profile, string role, string region, int depth, CancellationToken cancellationToken)
    {
        var endpoint = AwsEndpoint.For("sts", region, _environment, Config, name);
        var session = profile.GetValueOrDefault("role_session_name") ?? SessionName;
        if (profile.GetValueOrDefault("web_identity_token_file") is { } tokenFile)
        {
            return await CachedAsync(
                $"web {role}", token => _sts.AssumeRoleWithWebIdentityAsync(endpoint, role, session, KeyEnvironment.ReadText(tokenFile), token), cancellationToken).ConfigureAwait(false);
        }

        var source = profile.GetValueOrDefault("source_profile") is not { } sourceName
            ? FromVariables() ?? await FromServicesAsync(cancellationToken).ConfigureAwait(false)
            : sourceName == name
                ? new AwsIdentity(profile.GetValueOrDefault("aws_access_key_id") ?? "", profile.GetValueOrDefault("aws_secret_access_key") ?? "", profile.GetValueOrDefault("aws_session_token"))
                : await FromProfileAsync(sourceName, region, depth + 1, cancellationToken).ConfigureAwait(false);
        if (source is null)
        {
            throw new KeyBackendException($"the AWS profile '{name}' has a role but no credentials to assume it with", "set source_profile or credential_source");
        }

        return await CachedAsync(
            $"role {source.AccessKeyId} {role}",
            token => _sts.AssumeRoleAsync(source, endpoint, region, role, session, profile.GetValueOrDefault("external_id"), token),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<AwsIdentity?> FromServicesAsync(CancellationToken cancellationToken) =>
        _metadata.HasContainer
            ? await CachedAsync("container", _metadata.FromContainerAsync, cancellationToken).ConfigureAwait(false)
            : _metadata.HasInstance
                ? await CachedAsync("instance", _metadata.FromInstanceAsync, cancellationToken).ConfigureAwait(false)
                : null;

    private Task<AwsIdentity> CachedAsync(string name, Func<CancellationToken, Task<(AwsIdentity, DateTimeOffset)>> fetch, CancellationToken cancellationToken) =>
        _caches.GetOrAdd(name, _ => new TokenCache<AwsIdentity>(_environment.Clock)).GetAsync(fetch, cancellationToken);
}
