using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace SecretsOps.KeyManagement.Http;

/// <summary>Sends requests to key services: bounded time and size, no redirects, and another attempt after throttling and faults of the server.</summary>
internal sealed class KeyHttp(TimeProvider clock, SocketsHttpHandler? handler = null) : IDisposable
{
    private const int MaximumAttempts = 4;
    private const int MaximumBody = 1 << 20;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Lazy<HttpClient> _client = new(() => new HttpClient(handler ?? DefaultHandler()) { Timeout = Timeout.InfiniteTimeSpan });

    /// <summary>How long an attempt may take; 10 seconds unless set.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether an answer other than 429 and 5xx asks for another attempt, such as a throttling code in a 400.</summary>
    public Func<KeyReply, bool> IsThrottled { get; init; } = _ => false;

    /// <summary>Sends until an answer is final; <paramref name="makeRequest"/> is called for each attempt.</summary>
    /// <exception cref="KeyBackendException">The service cannot be reached or did not answer in time.</exception>
    public async Task<KeyReply> SendAsync(Func<KeyRequest> makeRequest, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var request = makeRequest();
            KeyReply? reply = null;
            try
            {
                reply = await SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
                if (attempt == MaximumAttempts || !IsTransient(reply))
                {
                    return reply;
                }
            }
            catch (KeyBackendException failure) when (attempt < MaximumAttempts && !IsPermanent(request, failure))
            {
                // The next attempt may reach it.
            }

            await Task.Delay(Pause(attempt, reply?.RetryAfter), clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends once, for probes of metadata services that are often absent.</summary>
    /// <exception cref="KeyBackendException">The service cannot be reached or did not answer in time.</exception>
    public async Task<KeyReply> SendOnceAsync(KeyRequest request, CancellationToken cancellationToken, TimeSpan? timeout = null)
    {
        using var limit = new CancellationTokenSource(timeout ?? AttemptTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var message = request.ToMessage();
            using var response = await _client.Value.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
            var body = await ReadAsync(response, both.Token).ConfigureAwait(false);
            var headers = response.Headers;
            return new((int)response.StatusCode, body, headers.RetryAfter?.Delta, name => headers.TryGetValues(name, out var values) ? values.First() : null);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new KeyBackendException($"{request.Uri.Host} did not answer within {(timeout ?? AttemptTimeout).TotalSeconds:0.#} seconds", "check network and endpoint");
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException)
        {
            throw new KeyBackendException($"{request.Uri.Host} cannot be reached: {failure.Message}", "check network, proxy, certificate and endpoint", failure);
        }
        catch (IOException failure)
        {
            throw new KeyBackendException($"{request.Uri.Host} broke off its answer", "try again", failure);
        }
    }

    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }

    private bool IsTransient(KeyReply reply) => reply.Status is 429 or 500 or 502 or 503 or 504 || IsThrottled(reply);

    // A refused loopback port does not come to life within seconds.
    private static bool IsPermanent(KeyRequest request, KeyBackendException failure) => request.Uri.IsLoopback && failure.InnerException is HttpRequestException;

    private static TimeSpan Pause(int attempt, TimeSpan? retryAfter)
    {
        var backOff = TimeSpan.FromMilliseconds((100 << attempt) + RandomNumberGenerator.GetInt32(100));
        var pause = retryAfter > backOff ? retryAfter.Value : backOff;
        return pause < LongestPause ? pause : LongestPause;
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var body = new MemoryStream();
            var buffer = new byte[4096];
            for (var count = 1; count > 0;)
            {
                count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                body.Write(buffer, 0, count);
                if (body.Length > MaximumBody)
                {
                    throw new IOException($"the answer is longer than {MaximumBody} bytes");
                }
            }

            return body.ToArray();
        }
    }

    private static SocketsHttpHandler DefaultHandler() => new()
    {
        AllowAutoRedirect = false, // a credential must not follow to another host
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
    };
}
