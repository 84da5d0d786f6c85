using System.Globalization;
using System.Text.Json;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.AwsKms;

/// <summary>Credentials from beside the workload: EKS Pod Identity and ECS (container endpoint), EC2 (IMDSv2).</summary>
internal sealed class AwsMetadataClient(KeyHttp http, KeyEnvironment environment)
{
    private const string DefaultInstanceAddress = "http://169.254.169.254";
    private const string ContainerAddress = "http://169.254.170.2";

    private static readonly TimeSpan InstancePatience = TimeSpan.FromSeconds(1);

    public bool HasContainer => environment.FirstNonEmpty("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") is not null;

    public bool HasInstance => environment.NonEmpty("AWS_EC2_METADATA_DISABLED") != "true";

    public async Task<(AwsIdentity Identity, DateTimeOffset Expires)> FromContainerAsync(CancellationToken cancellationToken)
    {
        var uri = environment.NonEmpty("AWS_CONTAINER_CREDENTIALS_FULL_URI") ?? ContainerAddress + environment.NonEmpty("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        var reply = await http.SendAsync(() => new KeyRequest(HttpMethod.Get, new Uri(uri)) { Headers = ContainerHeaders() }, cancellationToken).ConfigureAwait(false);
        return Read(reply, "the container credentials endpoint");
    }

    public async Task<(AwsIdentity Identity, DateTimeOffset Expires)> FromInstanceAsync(CancellationToken cancellationToken)
    {
        var address = (environment.NonEmpty("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? DefaultInstanceAddress).TrimEnd('/');
        try
        {
            var token = await SendAsync(HttpMethod.Put, $"{address}/latest/api/token", new("X-aws-ec2-metadata-token-ttl-seconds", "300"), cancellationToken).ConfigureAwait(false);
            var header = KeyValuePair.Create("X-aws-ec2-metadata-token", token.Text().Trim());
            var roles = $"{address}/latest/meta-data/iam/security-credentials/";
            var role = await SendAsync(HttpMethod.Get, roles, header, cancellationToken).ConfigureAwait(false);
            return Read(await SendAsync(HttpMethod.Get, roles + role.Text().Trim(), header, cancellationToken).ConfigureAwait(false), "the EC2 metadata service");
        }
        catch (KeyBackendException failure)
        {
            throw new KeyBackendException("no AWS credentials were found: no variables, no profile, and no instance role", "set AWS_PROFILE, AWS_ACCESS_KEY_ID or a role for the workload", failure);
        }
    }

    private List<KeyValuePair<string, string>> ContainerHeaders()
    {
        var token = environment.NonEmpty("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") is { } path
            ? KeyEnvironment.ReadText(path)
            : environment.NonEmpty("AWS_CONTAINER_AUTHORIZATION_TOKEN");
        return token is null ? [] : [new("Authorization", token)];
    }

    private async Task<KeyReply> SendAsync(HttpMethod method, string uri, KeyValuePair<string, string> header, CancellationToken cancellationToken)
    {
        var reply = await http.SendOnceAsync(new KeyRequest(method, new Uri(uri)) { Headers = [header] }, cancellationToken, InstancePatience).ConfigureAwait(false);
        return reply.IsSuccess ? reply : throw new KeyBackendException($"the EC2 metadata service answered HTTP {reply.Status}");
    }

    private static (AwsIdentity Identity, DateTimeOffset Expires) Read(KeyReply reply, string source)
    {
        try
        {
            var answer = reply.IsSuccess ? reply.Json() : throw new KeyBackendException($"{source} answered HTTP {reply.Status}");
            var expires = DateTimeOffset.Parse(JsonText.Get(answer, "Expiration"), CultureInfo.InvariantCulture);
            return (new AwsIdentity(JsonText.Get(answer, "AccessKeyId"), JsonText.Get(answer, "SecretAccessKey"), JsonText.Get(answer, "Token")), expires);
        }
        catch (JsonException failure)
        {
            throw new KeyBackendException($"{source} did not answer with credentials", innerException: failure);
        }
    }
}
