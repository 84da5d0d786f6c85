using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

namespace SecretsOps.Kubernetes.Client;

/// <summary>Sends requests with the connection's credentials, and again when the server says when.</summary>
internal sealed class ApiTransport : IDisposable
{
    private const int MostAttempts = 10;
    private static readonly TimeSpan LongestServerDelay = TimeSpan.FromSeconds(60);

    private readonly ClusterConnection _connection;
    private readonly RepeatedHeaders _repeatedHeaders;
    private readonly HttpClient _http;
    private readonly string _root;

    internal ApiTransport(ClusterConnection connection)
    {
        _connection = connection;
        _repeatedHeaders = RepeatedHeaders.For(connection.Impersonation);
        _http = new HttpClient(ConnectionHandler.Create(connection, _repeatedHeaders)) { Timeout = Timeout.InfiniteTimeSpan };
        _root = connection.Server.AbsoluteUri.TrimEnd('/');
    }

    internal async Task<ApiResponse> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (_connection.RequestTimeout > TimeSpan.Zero)
        {
            limit.CancelAfter(_connection.RequestTimeout);
        }

        try
        {
            using var response = await OpenAsync(request, HttpCompletionOption.ResponseContentRead, limit.Token);
            return await ReadAsync(response, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable(request, $"no answer within {_connection.RequestTimeout.TotalSeconds:0.###} s", e);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(request, Explain(e), e);
        }
    }

    /// <summary>Answers with headers read and the body still to come.</summary>
    internal async Task<HttpResponseMessage> OpenStreamAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(request, Explain(e), e);
        }
    }

    internal static async Task<ApiResponse> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        return new ApiResponse
        {
            Status = (int)response.StatusCode,
            Body = await response.Content.ReadAsByteArrayAsync(cancellationToken),
            ContentType = response.Content.Headers.ContentType?.MediaType ?? "",
            ReasonPhrase = response.ReasonPhrase ?? "",
            RetryAfter = response.Headers.RetryAfter?.Delta,
            Warnings = response.Headers.NonValidated.TryGetValues("Warning", out var warnings) ? warnings.SelectMany(WarningHeader.TextsOf).ToArray() : [],
        };
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> OpenAsync(
        ApiRequest request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        var mayRenewCredentials = true;
        for (var attempt = 1; ; attempt++)
        {
            using var message = await MessageAsync(request, cancellationToken);
            if (_connection.Pace is { } pace)
            {
                await pace.WaitAsync(cancellationToken);
            }

            var response = await SendAsync(message, completion, cancellationToken);
            if (response.StatusCode == HttpStatusCode.Unauthorized && mayRenewCredentials && _connection.Credentials?.Refused() == true)
            {
                mayRenewCredentials = false;
                response.Dispose();
                continue;
            }

            // The server vouches by Retry-After that it did nothing; without the header the caller decides.
            if (attempt >= MostAttempts || !IsBusy(response) || response.Headers.RetryAfter?.Delta is not { } delay)
            {
                return response;
            }

            response.Dispose();
            await Task.Delay(delay < LongestServerDelay ? delay : LongestServerDelay, _connection.TimeProvider, cancellationToken);
        }
    }

    // .NET lets this one through bare where the server hangs up between connecting and greeting.
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(message, completion, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, e.Message, e);
        }
    }

    private static bool IsBusy(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.TooManyRequests || (int)response.StatusCode >= 500;

    private async Task<HttpRequestMessage> MessageAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var message = new HttpRequestMessage(request.Method, new Uri(_root + request.Path))
        {
            Version = _repeatedHeaders.IsEmpty ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        message.Headers.TryAddWithoutValidation("User-Agent", _connection.UserAgent);
        if (_connection.TlsServerName.Length > 0)
        {
            message.Headers.Host = _connection.TlsServerName; // .NET takes the TLS name from the Host header
        }

        if (request.Body.Length > 0)
        {
            message.Content = new ReadOnlyMemoryContent(request.Body);
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(request.ContentType);
        }

        AddImpersonation(message.Headers);
        if (_connection.Credentials is { } credentials)
        {
            await credentials.AuthorizeAsync(message, cancellationToken);
        }

        return message;
    }

    private void AddImpersonation(HttpRequestHeaders headers)
    {
        if (_connection.Impersonation is not { } user)
        {
            return;
        }

        headers.TryAddWithoutValidation("Impersonate-User", user.UserName);
        if (user.Uid.Length > 0)
        {
            headers.TryAddWithoutValidation("Impersonate-Uid", user.Uid);
        }

        foreach (var (placeholder, value) in _repeatedHeaders.Values)
        {
            headers.TryAddWithoutValidation(placeholder, value);
        }
    }

    private ApiException Unreachable(ApiRequest request, string why, Exception cause) =>
        new($"{request.Description} failed: cannot reach the API server {_connection.Server}: {why}", 0, "Unreachable", cause)
        {
            ServerMessage = why,
        };

    private static string Explain(HttpRequestException e)
    {
        for (Exception? inner = e; inner is not null; inner = inner.InnerException)
        {
            if (inner is AuthenticationException)
            {
                return $"{inner.Message.TrimEnd('.')}; check certificate-authority in the kubeconfig";
            }
        }

        return e.InnerException is { } cause ? cause.Message : e.Message;
    }
}
