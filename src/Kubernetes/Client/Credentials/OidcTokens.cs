using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.Kubernetes.Client.Credentials;

/// <summary>The <c>oidc</c> auth-provider: an ID token, renewed with the refresh token when it runs out.</summary>
/// <remarks>The renewed token is kept in memory; the kubeconfig is not rewritten.</remarks>
internal sealed class OidcTokens : CredentialSource, IDisposable
{
    private static readonly TimeSpan ExpiryMargin = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly ConfigEntry _config;
    private readonly TimeProvider _timeProvider;
    private string _token;
    private string _refreshToken;

    private OidcTokens(ConfigEntry config, TimeProvider timeProvider)
    {
        _config = config;
        _timeProvider = timeProvider;
        _token = config.Text("id-token");
        _refreshToken = config.Text("refresh-token");
    }

    internal static OidcTokens Read(JsonObject provider, ConfigEntry user, TimeProvider timeProvider)
    {
        var name = provider["name"]?.ToString() ?? "";
        if (name != "oidc")
        {
            throw new KubeconfigException($"{user.Place}: auth-provider '{name}' is not supported; use the vendor's exec credential plugin");
        }

        return new OidcTokens(user with { Json = provider["config"] as JsonObject ?? [] }, timeProvider);
    }

    public override async ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_token.Length == 0 || ExpiryOf(_token) <= _timeProvider.GetUtcNow() + ExpiryMargin)
            {
                await RenewAsync(cancellationToken);
            }

            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        }
        finally
        {
            _gate.Release();
        }
    }

    public override bool Refused() => Interlocked.Exchange(ref _token, "").Length > 0 && _refreshToken.Length > 0;

    public void Dispose() => _gate.Dispose();

    public override string ToString() => "OpenID Connect tokens";

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        if (_refreshToken.Length == 0)
        {
            throw new KubeconfigException($"{_config.Place}: the ID token has expired and there is no refresh-token; log in again");
        }

        using var http = new HttpClient(Handler());
        var discovery = await http.GetAsync(new Uri(Required("idp-issuer-url").TrimEnd('/') + "/.well-known/openid-configuration"), cancellationToken);
        var endpoint = (await ReadAsync(discovery, "discovery", cancellationToken))["token_endpoint"]?.ToString() ?? "";
        using var form = new FormUrlEncodedContent(
        [
            new("grant_type", "refresh_token"),
            new("refresh_token", _refreshToken),
            new("client_id", Required("client-id")),
            new("client_secret", _config.Text("client-secret")),
        ]);
        var answer = await ReadAsync(await http.PostAsync(new Uri(endpoint), form, cancellationToken), "refresh", cancellationToken);
        _token = answer["id_token"]?.ToString() is { Length: > 0 } token
            ? token
            : throw new KubeconfigException($"{_config.Place}: the identity provider answered without an id_token; log in again");
        _refreshToken = answer["refresh_token"]?.ToString() ?? _refreshToken;
    }

    private SocketsHttpHandler Handler()
    {
        var authority = _config.DataOrFile("idp-certificate-authority");
        var connection = new ClusterConnection
        {
            Server = new Uri(Required("idp-issuer-url")),
            CertificateAuthorities = authority is null ? null : PemCertificates.ReadCertificates(authority, _config.SourceOf("idp-certificate-authority")),
        };
        return ConnectionHandler.Create(connection);
    }

    private async Task<JsonObject> ReadAsync(HttpResponseMessage response, string step, CancellationToken cancellationToken)
    {
        using (response)
        {
            try
            {
                if (response.IsSuccessStatusCode && JsonNode.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken)) is JsonObject json)
                {
                    return json;
                }
            }
            catch (JsonException)
            {
                // the answer may hold tokens: say what was expected, not what came
            }

            throw new KubeconfigException($"{_config.Place}: token {step} at the identity provider failed with status {(int)response.StatusCode}; log in again");
        }
    }

    private string Required(string name) => _config.Text(name) is { Length: > 0 } value
        ? value
        : throw new KubeconfigException($"{_config.Place}: auth-provider config '{name}' is missing");

    private static DateTimeOffset ExpiryOf(string token)
    {
        try
        {
            var claims = JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.') is [_, var payload, _] ? payload : ""));
            return claims?["exp"]?.GetValue<long>() is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : DateTimeOffset.MinValue;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return DateTimeOffset.MinValue; // not a token we can read: renew it
        }
    }
}
