using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.Remote;

/// <summary>A key service in another process, spoken to over gRPC as sops does (<c>--keyservice</c>).</summary>
/// <remarks>A call has 30 seconds over all, or those of <c>SECRETSOPS_KEYSERVICE_TIMEOUT</c>; within them a service that throttles or is away for a moment is asked again.</remarks>
public sealed class RemoteKeyService : IKeyService, IDisposable
{
    private const int MaximumAttempts = 4;
    private const int LargestAnswer = 1 << 20;
    private const int DefaultPatience = 30;

    // RFC 3629: what is no UTF-8 is no wrapped key either.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly KeyServiceAddress _address;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _patience;
    private readonly HttpClient _client;

    /// <summary>Connects at the first call. TLS trusts <c>SECRETSOPS_KEYSERVICE_CA</c> and shows <c>SECRETSOPS_KEYSERVICE_CERT</c> with <c>…_KEY</c>, all files in PEM.</summary>
    public RemoteKeyService(KeyServiceAddress address, KeyEnvironment environment)
    {
        _address = address;
        _clock = environment.Clock;
        _patience = TimeSpan.FromSeconds(
            int.TryParse(environment.NonEmpty("SECRETSOPS_KEYSERVICE_TIMEOUT"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? seconds : DefaultPatience);
        _client = new HttpClient(address.ToHandler(Tls(environment)))
        {
            BaseAddress = address.BaseUri,
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <inheritdoc/>
    public async Task<string> WrapAsync(MasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(key, "Encrypt", dataKey, cancellationToken).ConfigureAwait(false);
        try
        {
            return StrictUtf8.GetString(answer);
        }
        catch (DecoderFallbackException)
        {
            throw Malformed(key, "a wrapped key that is no text");
        }
    }

    /// <inheritdoc/>
    public async Task<SecretBytes> UnwrapAsync(MasterKey key, string wrappedKey, CancellationToken cancellationToken) =>
        new(await CallAsync(key, "Decrypt", Encoding.UTF8.GetBytes(wrappedKey), cancellationToken).ConfigureAwait(false));

    /// <summary>Closes the connection.</summary>
    public void Dispose() => _client.Dispose();

    private async Task<byte[]> CallAsync(MasterKey key, string method, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_patience, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var frame = GrpcFrame.Write(KeyServiceMessages.Request(key, payload.Span));
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var answer = await SendAsync(method, frame, both.Token).ConfigureAwait(false);
                if (attempt == MaximumAttempts || !answer.IsTransient)
                {
                    return PayloadOf(key, answer);
                }

                await Task.Delay(TimeSpan.FromMilliseconds((100 << attempt) + RandomNumberGenerator.GetInt32(100)), _clock, both.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new MasterKeyException(key, $"the key service {_address} did not answer within {_patience.TotalSeconds:0} seconds", "check that it runs and asks nobody; SECRETSOPS_KEYSERVICE_TIMEOUT gives it more seconds");
        }
        catch (HttpRequestException failure)
        {
            throw Unreachable(key, failure);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            throw new MasterKeyException(key, $"the key service {_address} broke off its answer", "try again, and see its log", failure);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(frame); // when wrapping it holds the data key
        }
    }

    private async Task<GrpcReply> SendAsync(string method, byte[] frame, CancellationToken cancellationToken)
    {
        using var request = Request(method, frame);
        using var response = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return new GrpcReply((int)response.StatusCode, Header(response, "grpc-status"), Header(response, "grpc-message"), body);
    }

    private byte[] PayloadOf(MasterKey key, GrpcReply reply)
    {
        if (reply.Status != "0")
        {
            throw reply.HasNoStatus
                ? Malformed(key, "something that is not gRPC")
                : new MasterKeyException(key, $"the key service {_address} refused: {reply.Reason}", reply.Remedy);
        }

        // proto3 leaves empty bytes out: an empty key is no answer.
        return GrpcFrame.TryRead(reply.Body) is { } frame && KeyServiceMessages.TryReadResponse(frame) is { Length: > 0 } payload
            ? payload
            : throw Malformed(key, "a message that holds no key");
    }

    private HttpRequestMessage Request(string method, byte[] frame)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/KeyService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("grpc-timeout", $"{_patience.TotalSeconds:0}S");
        return request;
    }

    // The status comes as a trailer, or as a header when the server refuses at once.
    private static string? Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var trailers) || response.Headers.TryGetValues(name, out trailers) ? trailers.First() : null;

    private MasterKeyException Malformed(MasterKey key, string what) =>
        new(key, $"the key service {_address} answered {what}: its answer is malformed", "check that a key service of sops or secretsops listens there");

    private MasterKeyException Unreachable(MasterKey key, HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError =>
            new(key, $"the key service {_address} cannot be reached: {failure.Message}", "check that it runs", failure),
        HttpRequestError.SecureConnectionError =>
            new(key, $"the key service {_address} cannot be trusted: {(failure.InnerException ?? failure).Message}", "check SECRETSOPS_KEYSERVICE_CA, SECRETSOPS_KEYSERVICE_CERT and SECRETSOPS_KEYSERVICE_KEY", failure),
        HttpRequestError.ConfigurationLimitExceeded =>
            new(key, $"the key service {_address} answered more than {LargestAnswer} bytes", "check that a key service of sops or secretsops listens there", failure),
        _ => new(key, $"the key service {_address} does not speak gRPC, or broke off: {failure.Message}", "check that a key service of sops or secretsops listens there", failure),
    };

    private static TlsSettings Tls(KeyEnvironment environment) => new()
    {
        AuthoritiesPem = environment.NonEmpty("SECRETSOPS_KEYSERVICE_CA") is { } authority ? [KeyEnvironment.ReadText(authority)] : [],
        Client = environment.NonEmpty("SECRETSOPS_KEYSERVICE_CERT") is { } certificate && environment.NonEmpty("SECRETSOPS_KEYSERVICE_KEY") is { } privateKey
            ? (KeyEnvironment.ReadText(certificate), KeyEnvironment.ReadText(privateKey))
            : null,
    };
}
