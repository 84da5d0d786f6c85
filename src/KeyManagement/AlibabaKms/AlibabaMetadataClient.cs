using System.Globalization;
using System.Text.Json;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.AlibabaKms;

/// <summary>Credentials of an ECS RAM role, and of a credentials URI, which answers in the same shape.</summary>
internal sealed class AlibabaMetadataClient(KeyHttp http, KeyEnvironment environment)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>The role of this ECS instance, with a session token first and without where that is allowed.</summary>
    public async Task<(AlibabaIdentity Identity, DateTimeOffset Expires)> FromInstanceAsync(CancellationToken cancellationToken)
    {
        const string Nothing = "no Alibaba Cloud credentials were found: no variables, no RRSA, no profile, no ECS role";
        const string Remedy = "set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or bind a role to the workload";
        if (environment.NonEmpty("ALIBABA_CLOUD_ECS_METADATA_DISABLED") == "true")
        {
            throw new KeyBackendException(Nothing, Remedy);
        }

        var address = (environment.NonEmpty("ALIBABA_CLOUD_ECS_METADATA_ENDPOINT") ?? "http://100.100.100.200").TrimEnd('/');
        try
        {
            var headers = await TokenHeadersAsync(address, cancellationToken).ConfigureAwait(false);
            var roles = $"{address}/latest/meta-data/ram/security-credentials/";
            var role = environment.NonEmpty("ALIBABA_CLOUD_ECS_METADATA") ?? (await GetAsync(roles, headers, cancellationToken).ConfigureAwait(false)).Text().Trim();
            return Read(await GetAsync(roles + role, headers, cancellationToken).ConfigureAwait(false));
        }
        catch (KeyBackendException failure)
        {
            throw new KeyBackendException(Nothing, Remedy, failure);
        }
    }

    /// <summary>The credentials that a local service gives.</summary>
    public async Task<(AlibabaIdentity Identity, DateTimeOffset Expires)> FromUriAsync(string uri, CancellationToken cancellationToken) =>
        Read(await GetAsync(uri, [], cancellationToken).ConfigureAwait(false));

    private async Task<List<KeyValuePair<string, string>>> TokenHeadersAsync(string address, CancellationToken cancellationToken)
    {
        var request = new KeyRequest(HttpMethod.Put, new Uri($"{address}/latest/api/token")) { Headers = [new("X-aliyun-ecs-metadata-token-ttl-seconds", "300")] };
        var reply = await http.SendOnceAsync(request, cancellationToken, Patience).ConfigureAwait(false);
        if (reply.IsSuccess)
        {
            return [new("X-aliyun-ecs-metadata-token", reply.Text().Trim())];
        }

        return environment.NonEmpty("ALIBABA_CLOUD_IMDSV1_DISABLED") == "true"
            ? throw new KeyBackendException($"the ECS metadata service answered HTTP {reply.Status}")
            : [];
    }

    private async Task<KeyReply> GetAsync(string uri, List<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        var reply = await http.SendOnceAsync(new KeyRequest(HttpMethod.Get, new Uri(uri)) { Headers = headers }, cancellationToken, Patience).ConfigureAwait(false);
        return reply.IsSuccess ? reply : throw new KeyBackendException($"the credentials service answered HTTP {reply.Status}");
    }

    private static (AlibabaIdentity Identity, DateTimeOffset Expires) Read(KeyReply reply)
    {
        try
        {
            var answer = reply.Json();
            return JsonText.Get(answer, "Code") == "Success"
                ? (new AlibabaIdentity(JsonText.Get(answer, "AccessKeyId"), JsonText.Get(answer, "AccessKeySecret"), JsonText.Get(answer, "SecurityToken")),
                    DateTimeOffset.Parse(JsonText.Get(answer, "Expiration"), CultureInfo.InvariantCulture))
                : throw new KeyBackendException("the credentials service reports a failure");
        }
        catch (JsonException failure)
        {
            throw new KeyBackendException("the credentials service did not answer with credentials", innerException: failure);
        }
    }
}
