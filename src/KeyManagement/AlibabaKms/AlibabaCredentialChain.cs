using System.Collections.Concurrent;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.AlibabaKms;

/// <summary>Finds the identity for a key in the order of Alibaba's SDKs, and keeps temporary ones until they end.</summary>
internal sealed class AlibabaCredentialChain(AlibabaKmsCredentials credentials, KeyHttp http)
{
    // 1. fixed   2. variables   3. RRSA (OIDC)   4. CLI profile   5. credentials file   6. credentials URI   7. ECS RAM role

    private const string DefaultSession = "secretsops";

    private readonly KeyEnvironment _environment = credentials.Environment;
    private readonly ConcurrentDictionary<string, TokenCache<AlibabaIdentity>> _caches = new(StringComparer.Ordinal);
    private readonly AlibabaStsClient _sts = new(http, credentials.Environment);
    private readonly AlibabaMetadataClient _metadata = new(http, credentials.Environment);

    /// <summary>The identity to use a key with, its role assumed.</summary>
    /// <exception cref="KeyBackendException">No source gives one.</exception>
    public async Task<AlibabaIdentity> ForAsync(AlibabaKmsMasterKey key, CancellationToken cancellationToken)
    {
        var source = credentials.Static ?? await FindAsync(cancellationToken).ConfigureAwait(false);
        return key.Role.Length == 0
            ? source
            : await CachedAsync($"role {source.AccessKeyId} {key.Role}", token => _sts.AssumeRoleAsync(source, key.Role, Session, token), cancellationToken).ConfigureAwait(false);
    }

    private string Session => _environment.FirstNonEmpty("ALIBABA_CLOUD_ROLE_SESSION_NAME", "ALICLOUD_ROLE_SESSION_NAME") ?? DefaultSession;

    private async Task<AlibabaIdentity> FindAsync(CancellationToken cancellationToken)
    {
        if (!credentials.UsesEnvironment)
        {
            throw new KeyBackendException("no Alibaba Cloud credentials were given", "add 'sops.alibaba-kms' to the Secret");
        }

        return FromVariables()
            ?? await FromOidcAsync(cancellationToken).ConfigureAwait(false)
            ?? await FromProfileAsync(cancellationToken).ConfigureAwait(false)
            ?? AlibabaProfile.FromIniFile(_environment)
            ?? await FromUriAsync(cancellationToken).ConfigureAwait(false)
            ?? await CachedAsync("ecs", _metadata.FromInstanceAsync, cancellationToken).ConfigureAwait(false);
    }

    private AlibabaIdentity? FromVariables() =>
        _environment.NonEmpty("ALIBABA_CLOUD_ACCESS_KEY_ID") is { } id && _environment.NonEmpty("ALIBABA_CLOUD_ACCESS_KEY_SECRET") is { } secret
            ? new(id, secret, _environment.NonEmpty("ALIBABA_CLOUD_SECURITY_TOKEN"))
            : null;

    // ack-secret-manager and other tools of ACK use the prefix ALICLOUD_.
    private async Task<AlibabaIdentity?> FromOidcAsync(CancellationToken cancellationToken)
    {
        var role = _environment.FirstNonEmpty("ALIBABA_CLOUD_ROLE_ARN", "ALICLOUD_ROLE_ARN");
        var provider = _environment.FirstNonEmpty("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALICLOUD_OIDC_PROVIDER_ARN");
        var file = _environment.NonEmpty("ALIBABA_CLOUD_OIDC_TOKEN_FILE") is null ? "ALICLOUD_OIDC_TOKEN_FILE" : "ALIBABA_CLOUD_OIDC_TOKEN_FILE";
        if (role is null || provider is null || (_environment.IdentityToken is null && _environment.NonEmpty(file) is null))
        {
            return null;
        }

        return await CachedAsync($"oidc {role}", async token =>
        {
            var oidc = await _environment.ReadIdentityTokenAsync(file, "sts.aliyuncs.com", token).ConfigureAwait(false); // read anew: the kubelet renews it
            return await _sts.AssumeRoleWithOidcAsync(role, provider, oidc, Session, token).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task<AlibabaIdentity?> FromProfileAsync(CancellationToken cancellationToken)
    {
        if (AlibabaProfile.FromCommandLine(_environment) is not { } profile)
        {
            return null;
        }

        return profile.RoleArn is { } role
            ? await CachedAsync($"role {profile.Identity.AccessKeyId} {role}", token => _sts.AssumeRoleAsync(profile.Identity, role, profile.SessionName ?? Session, token), cancellationToken).ConfigureAwait(false)
            : profile.Identity;
    }

    private async Task<AlibabaIdentity?> FromUriAsync(CancellationToken cancellationToken) =>
        _environment.NonEmpty("ALIBABA_CLOUD_CREDENTIALS_URI") is { } uri
            ? await CachedAsync("uri", token => _metadata.FromUriAsync(uri, token), cancellationToken).ConfigureAwait(false)
            : null;

    private Task<AlibabaIdentity> CachedAsync(string name, Func<CancellationToken, Task<(AlibabaIdentity, DateTimeOffset)>> fetch, CancellationToken cancellationToken) =>
        _caches.GetOrAdd(name, _ => new TokenCache<AlibabaIdentity>(_environment.Clock)).GetAsync(fetch, cancellationToken);
}
