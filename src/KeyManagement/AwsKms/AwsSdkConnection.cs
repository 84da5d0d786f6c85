using Amazon.KeyManagementService;
using Amazon.Runtime;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.AwsKms;

/// <summary>Makes clients of AWS's SDK that call as a given identity and travel through <see cref="KeyHttp"/>.</summary>
internal sealed class AwsSdkConnection(KeyHttp http) : IDisposable
{
    private readonly Transport _transport = new(http);

    /// <summary>A client for one call: it keeps no connection of its own, and identities end.</summary>
    public AmazonKeyManagementServiceClient Open(AwsIdentity identity, Uri endpoint, string region) =>
        new(
            identity.SessionToken is { Length: > 0 } token
                ? new SessionAWSCredentials(identity.AccessKeyId, identity.SecretAccessKey, token)
                : new BasicAWSCredentials(identity.AccessKeyId, identity.SecretAccessKey),
            Configuration(endpoint, region));

    public void Dispose() => _transport.Dispose();

    // Everything that the SDK would look up in variables and profiles is given: AwsEndpoint and AwsCredentialChain have read them.
    private AmazonKeyManagementServiceConfig Configuration(Uri endpoint, string region) => new()
    {
        DefaultConfigurationMode = DefaultConfigurationMode.Standard,
        ServiceURL = endpoint.AbsoluteUri,
        AuthenticationRegion = region,
        IgnoreConfiguredEndpointUrls = true,
        UseFIPSEndpoint = false,
        UseDualstackEndpoint = false,
        HttpClientFactory = _transport,
        MaxErrorRetry = 0, // KeyHttp repeats
        RetryMode = RequestRetryMode.Standard,
        Timeout = Timeout.InfiniteTimeSpan, // KeyHttp limits each attempt, the key service the whole
        DisableLogging = true,
    };

    /// <summary>Gives the SDK one HTTP client for all its clients.</summary>
    private sealed class Transport(KeyHttp http) : HttpClientFactory, IDisposable
    {
        private readonly HttpClient _client = new(new KeyHttpHandler(http)) { Timeout = Timeout.InfiniteTimeSpan };

        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

        public void Dispose() => _client.Dispose();
    }
}
