using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SecretsOps.GitOps.Sources.Charts;

/// <summary>Speaks https to a Helm repository or a registry with what its Secret says; credentials go to its own host only.</summary>
internal sealed class RepositoryHttp : IDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);

    private readonly RepositoryCredentials _credentials;
    private readonly HttpClient _client;
    private readonly string _authority;

    public RepositoryHttp(Uri root, RepositoryCredentials credentials)
    {
        (_credentials, _authority) = (credentials, root.Authority);
        _client = new HttpClient(Handler(root, credentials)) { Timeout = TimeLimit };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("secretsops");
    }

    /// <summary>The credentials as an Authorization header, or null where there are none.</summary>
    public AuthenticationHeaderValue? Basic => _credentials.Password.Length > 0
        ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_credentials.Username}:{_credentials.Password}")))
        : null;

    public AuthenticationHeaderValue? Given => _credentials.BearerToken.Length > 0 ? new AuthenticationHeaderValue("Bearer", _credentials.BearerToken) : Basic;

    /// <summary>Whether an address is on the host that the credentials are for.</summary>
    public bool IsOwn(Uri address) => address.Authority == _authority;

    /// <summary>Asks, and gives the answer whatever its status.</summary>
    /// <exception cref="SourceException">No answer came, or more than <paramref name="limit"/> bytes.</exception>
    public async Task<HttpAnswer> GetAsync(Uri address, AuthenticationHeaderValue? authorization, string accept, int limit, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = authorization;
        request.Headers.TryAddWithoutValidation("Accept", accept);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var body = await ReadAsync(response, limit, address, cancellationToken);
            return new HttpAnswer(response.StatusCode, body, response.Headers.WwwAuthenticate.ToString(), Header(response, "Link"), Header(response, "Docker-Content-Digest"));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new SourceException($"repository '{address.GetLeftPart(UriPartial.Path)}' does not answer: {exception.InnerException?.Message ?? exception.Message}", exception) { IsUnreachable = true };
        }
    }

    public void Dispose() => _client.Dispose();

    private static SocketsHttpHandler Handler(Uri root, RepositoryCredentials credentials)
    {
        var handler = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All, UseProxy = credentials.Proxy.Length > 0, ConnectTimeout = TimeSpan.FromSeconds(20), ActivityHeadersPropagator = null };
        if (credentials.Proxy.Length > 0)
        {
            handler.Proxy = new WebProxy(credentials.Proxy, BypassOnLocal: false, credentials.NoProxy.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(System.Text.RegularExpressions.Regex.Escape).ToArray());
        }

        if (credentials.SkipsHostVerification)
        {
#pragma warning disable CA5359 // the Secret says insecure
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        try
        {
            AddCertificates(handler, credentials);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new SourceException($"repository '{root}': its certificate or key cannot be read: write PEM, as openssl does", exception);
        }

        return handler;
    }

    private static void AddCertificates(SocketsHttpHandler handler, RepositoryCredentials credentials)
    {
        if (credentials.ClientCertificate.Length > 0)
        {
            using var pair = X509Certificate2.CreateFromPem(credentials.ClientCertificate, credentials.ClientCertificateKey);
            handler.SslOptions.ClientCertificates = [new X509Certificate2(pair)];
        }

        if (credentials.CertificateAuthority.Length > 0 && !credentials.SkipsHostVerification)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPem(credentials.CertificateAuthority);
            handler.SslOptions.CertificateChainPolicy = policy;
        }
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, int limit, Uri address, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            body.Write(buffer, 0, count);
            if (body.Length > limit)
            {
                throw new SourceException($"'{address.GetLeftPart(UriPartial.Path)}' is larger than {limit / (1024 * 1024)} MiB");
            }
        }

        return body.ToArray();
    }

    private static string Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : "";
}

/// <summary>An answer of a repository or registry.</summary>
internal sealed record HttpAnswer(HttpStatusCode Status, byte[] Body, string Challenge, string Link, string Digest)
{
    public bool IsOk => (int)Status is >= 200 and < 300;

    /// <summary>The body, or a sentence that says what was refused.</summary>
    /// <exception cref="SourceException">The status says no.</exception>
    public byte[] Accepted(string what) => IsOk ? Body : throw new SourceException(Status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => $"{what}: access is refused ({(int)Status}): check the repository Secret's credentials",
        HttpStatusCode.NotFound => $"{what} does not exist (404)",
        _ => $"{what}: the server answered {(int)Status}",
    })
    { IsUnreachable = (int)Status is 429 or >= 500 };
}
