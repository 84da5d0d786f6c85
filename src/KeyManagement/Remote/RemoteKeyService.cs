using System.Net;
using System.Text;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.Remote;

/// <summary>A key service in another process, spoken to over gRPC as sops does (<c>--keyservice</c>).</summary>
public sealed class RemoteKeyService : IKeyService, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly KeyServiceAddress _address;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;

    /// <summary>Connects at the first call. TLS trusts <c>SECRETSOPS_KEYSERVICE_CA</c> and shows <c>SECRETSOPS_KEYSERVICE_CERT</c> with <c>…_KEY</c>, all files in PEM.</summary>
    public RemoteKeyService(KeyServiceAddress address, KeyEnvironment environment)
    {
        _address = address;
        _clock = environment.Clock;
        _client = new HttpClient(address.ToHandler(Tls(environment)))
        {
            BaseAddress = address.BaseUri,
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <inheritdoc/>
    public async Task<string> WrapAsync(MasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken) =>
        Encoding.UTF8.GetString(await CallAsync(key, "Encrypt", dataKey, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<SecretBytes> UnwrapAsync(MasterKey key, string wrappedKey, CancellationToken cancellationToken) =>
        new(await CallAsync(key, "Decrypt", Encoding.UTF8.GetBytes(wrappedKey), cancellationToken).ConfigureAwait(false));

    /// <summary>Closes the connection.</summary>
    public void Dispose() => _client.Dispose();

    private async Task<byte[]> CallAsync(MasterKey key, string method, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = Request(method, KeyServiceMessages.Request(key, payload.Span));
            using var response = await _client.SendAsync(request, both.Token).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            var status = Header(response, "grpc-status") ?? (response.IsSuccessStatusCode ? null : $"HTTP {(int)response.StatusCode}");
            if (status != "0")
            {
                var message = Header(response, "grpc-message");
                throw new MasterKeyException(key, $"the key service {_address} refused: {(message is null ? $"status {status ?? "missing"}" : Uri.UnescapeDataString(message))}");
            }

            return GrpcFrame.TryRead(body) is { } frame && KeyServiceMessages.TryReadResponse(frame) is { } answer
                ? answer
                : throw new MasterKeyException(key, $"the answer of the key service {_address} is malformed");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new MasterKeyException(key, $"the key service {_address} did not answer within {Patience.TotalSeconds:0} seconds", "check that it runs");
        }
        catch (HttpRequestException failure)
        {
            throw new MasterKeyException(key, $"the key service {_address} cannot be reached: {failure.Message}", "check that it runs", failure);
        }
    }

    private static HttpRequestMessage Request(string method, byte[] message)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/KeyService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(GrpcFrame.Write(message)),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        request.Headers.TryAddWithoutValidation("te", "trailers");
        return request;
    }

    // The status comes as a trailer, or as a header when the server refuses at once.
    private static string? Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var trailers) || response.Headers.TryGetValues(name, out trailers) ? trailers.First() : null;

    private static TlsSettings Tls(KeyEnvironment environment) => new()
    {
        AuthoritiesPem = environment.NonEmpty("SECRETSOPS_KEYSERVICE_CA") is { } authority ? [KeyEnvironment.ReadText(authority)] : [],
        Client = environment.NonEmpty("SECRETSOPS_KEYSERVICE_CERT") is { } certificate && environment.NonEmpty("SECRETSOPS_KEYSERVICE_KEY") is { } privateKey
            ? (KeyEnvironment.ReadText(certificate), KeyEnvironment.ReadText(privateKey))
            : null,
    };
}
