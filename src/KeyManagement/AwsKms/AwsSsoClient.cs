using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.AwsKms;

/// <summary>Role credentials by the token that <c>aws sso login</c> left in its cache.</summary>
internal sealed class AwsSsoClient(KeyHttp http, KeyEnvironment environment)
{
    public async Task<(AwsIdentity Identity, DateTimeOffset Expires)> GetAsync(
        string name, IReadOnlyDictionary<string, string> profile, AwsConfigFile config, CancellationToken cancellationToken)
    {
        var session = profile.GetValueOrDefault("sso_session");
        var settings = session is null ? profile : config.SsoSession(session) ?? profile;
        var region = settings.GetValueOrDefault("sso_region") ?? throw new KeyBackendException($"the AWS profile '{name}' lacks sso_region");
        var token = CachedToken(session ?? settings.GetValueOrDefault("sso_start_url") ?? "", name);
        var account = Rfc3986.Encode(profile["sso_account_id"]);
        var role = Rfc3986.Encode(profile.GetValueOrDefault("sso_role_name") ?? "");
        var address = AwsEndpoint.For("portal.sso", region, environment, config, name);
        var uri = new Uri(address, $"federation/credentials?account_id={account}&role_name={role}");
        var reply = await http.SendAsync(() => new KeyRequest(HttpMethod.Get, uri) { Headers = [new("x-amz-sso_bearer_token", token)] }, cancellationToken).ConfigureAwait(false);
        if (!reply.IsSuccess)
        {
            throw new KeyBackendException($"AWS SSO refused the profile '{name}' (HTTP {reply.Status})", $"run 'aws sso login --profile {name}'");
        }

        var answer = reply.Json()["roleCredentials"];
        return (new AwsIdentity(JsonText.Get(answer, "accessKeyId"), JsonText.Get(answer, "secretAccessKey"), JsonText.Get(answer, "sessionToken")), TokenLife.EndsAt(environment.Clock, (JsonText.FindNumber(answer, "expiration") ?? 0) / 1000));
    }

    private string CachedToken(string cacheKey, string profile)
    {
        var remedy = $"run 'aws sso login --profile {profile}'";
        var fileName = Convert.ToHexStringLower(Sha1(cacheKey)) + ".json";
        var path = Path.Combine(environment.HomeDirectory ?? "", ".aws", "sso", "cache", fileName);
        if (!File.Exists(path))
        {
            throw new KeyBackendException($"the AWS profile '{profile}' is not logged in", remedy);
        }

        try
        {
            var cached = JsonText.Parse(KeyEnvironment.ReadText(path));
            var expires = DateTimeOffset.Parse(JsonText.Get(cached, "expiresAt"), CultureInfo.InvariantCulture);
            return expires > environment.Clock.GetUtcNow() ? JsonText.Get(cached, "accessToken") : throw new KeyBackendException($"the login of the AWS profile '{profile}' has ended", remedy);
        }
        catch (Exception failure) when (failure is JsonException or FormatException)
        {
            throw new KeyBackendException($"the cached login of the AWS profile '{profile}' is malformed", remedy, failure);
        }
    }

#pragma warning disable CA5350 // a file name that AWS's tools chose, not a protection
    private static byte[] Sha1(string text) => SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
}
