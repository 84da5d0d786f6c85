using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.AlibabaKms;

/// <summary>Temporary credentials from Alibaba Cloud STS: a role for another identity, or for a workload's OIDC token (RRSA).</summary>
internal sealed class AlibabaStsClient(KeyHttp http, KeyEnvironment environment)
{
    private const string Version = "2015-04-01";
    private const string SessionSeconds = "3600";

    /// <summary>Assumes a role with another identity.</summary>
    public async Task<(AlibabaIdentity Identity, DateTimeOffset Expires)> AssumeRoleAsync(
        AlibabaIdentity source, string role, string session, CancellationToken cancellationToken)
    {
        Dictionary<string, string> parameters = new() { ["RoleArn"] = role, ["RoleSessionName"] = session, ["DurationSeconds"] = SessionSeconds };
        var reply = await http.SendAsync(
            () => AlibabaAcs3Signature.Sign(new AlibabaCall(Endpoint(), Version, "AssumeRole", parameters), source, environment.Clock.GetUtcNow()),
            cancellationToken).ConfigureAwait(false);
        return Read(reply, role);
    }

    /// <summary>Assumes a role with an OIDC token; the call is not signed.</summary>
    public async Task<(AlibabaIdentity Identity, DateTimeOffset Expires)> AssumeRoleWithOidcAsync(
        string role, string provider, string token, string session, CancellationToken cancellationToken)
    {
        Dictionary<string, string> form = new()
        {
            ["RoleArn"] = role,
            ["OIDCProviderArn"] = provider,
            ["OIDCToken"] = token,
            ["RoleSessionName"] = session,
            ["DurationSeconds"] = SessionSeconds,
        };
        var reply = await http.SendAsync(
            () => new KeyRequest(HttpMethod.Post, new Uri(Endpoint(), "/?" + Rfc3986.Query(UnsignedQuery())))
            {
                Body = Encoding.UTF8.GetBytes(Rfc3986.Query(form)),
                ContentType = "application/x-www-form-urlencoded",
            },
            cancellationToken).ConfigureAwait(false);
        return Read(reply, role);
    }

    private Dictionary<string, string> UnsignedQuery() => new()
    {
        ["Action"] = "AssumeRoleWithOIDC",
        ["Format"] = "JSON",
        ["Version"] = Version,
        ["Timestamp"] = environment.Clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["SignatureNonce"] = Guid.NewGuid().ToString("N"),
    };

    private Uri Endpoint()
    {
        if (environment.NonEmpty("ALIBABA_CLOUD_STS_ENDPOINT") is { } configured)
        {
            return AlibabaEndpoint.Parse(configured);
        }

        var region = environment.NonEmpty("ALIBABA_CLOUD_STS_REGION");
        var vpc = environment.NonEmpty("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED") is "true" or "1" ? "-vpc" : "";
        return AlibabaEndpoint.Parse(region is null ? "sts.aliyuncs.com" : $"sts{vpc}.{region}.aliyuncs.com");
    }

    private static (AlibabaIdentity Identity, DateTimeOffset Expires) Read(KeyReply reply, string role)
    {
        if (!reply.IsSuccess)
        {
            var body = reply.JsonOrEmpty();
            throw new KeyBackendException(
                $"Alibaba Cloud STS refused the role '{role}': {JsonText.Find(body, "Code") ?? $"HTTP {reply.Status}"}: {JsonText.Find(body, "Message")}",
                "check the role's trust policy: OIDC provider, audience and service account");
        }

        JsonNode? credentials = reply.Json()["Credentials"];
        return (
            new AlibabaIdentity(JsonText.Get(credentials, "AccessKeyId"), JsonText.Get(credentials, "AccessKeySecret"), JsonText.Get(credentials, "SecurityToken")),
            DateTimeOffset.Parse(JsonText.Get(credentials, "Expiration"), CultureInfo.InvariantCulture));
    }
}
