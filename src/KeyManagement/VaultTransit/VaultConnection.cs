using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.VaultTransit;

/// <summary>Requests to Vault or OpenBao with a token: a fixed one, or one from a login that is made once per server and again when it ends.</summary>
internal sealed class VaultConnection(VaultTransitCredentials credentials) : IDisposable
{
    private readonly Lazy<KeyHttp> _http = new(() => new KeyHttp(credentials.Clock, credentials.Tls.ToHandler()));
    private readonly ConcurrentDictionary<string, TokenCache<string>> _tokens = new(StringComparer.Ordinal);

    /// <summary>Sends a request with a token, and once more with a new login when the token of a login was refused.</summary>
    /// <param name="method">The method.</param>
    /// <param name="address">The server: scheme, host and port.</param>
    /// <param name="path">The path below <c>/v1/</c>, encoded.</param>
    /// <param name="body">The body, or null for none.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="KeyBackendException">There is no token, the login was refused, or the server cannot be reached.</exception>
    public async Task<KeyReply> SendAsync(HttpMethod method, string address, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(method, address, path, body, await TokenAsync(address, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        if (reply.Status != 403 || credentials.Login is VaultLogin.Token)
        {
            return reply;
        }

        _tokens[address].Forget(); // it may have ended early: log in once more
        return await SendAsync(method, address, path, body, await TokenAsync(address, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    /// <summary>What to tell of a refusal, in the server's own words.</summary>
    public static KeyBackendException Refused(KeyReply reply, string operation)
    {
        var errors = reply.JsonOrEmpty()["errors"] is JsonArray { Count: > 0 } list ? string.Join("; ", list.Select(error => error?.ToString().Trim())) : $"HTTP {reply.Status}";
        return new($"Vault refused {operation}: {errors}", reply.Status switch
        {
            403 => "the token has ended, or its policy does not allow this key",
            404 => "check engine path and key name",
            307 or 308 => $"the server is a standby that points to '{reply.Header("Location")}': name the active server in the key's URI",
            429 => "try again later, or raise the quota",
            503 => "the server is sealed or in maintenance",
            _ => null,
        });
    }

    private Task<string> TokenAsync(string address, CancellationToken cancellationToken) => credentials.Login switch
    {
        null => throw new KeyBackendException("no Vault token was found", "set VAULT_TOKEN, run 'vault login', or set SECRETSOPS_VAULT_AUTH"),
        VaultLogin.Token token => Task.FromResult(token.Value),
        _ => _tokens.GetOrAdd(address, _ => new TokenCache<string>(credentials.Clock)).GetAsync(token => LogInAsync(address, token), cancellationToken),
    };

    private async Task<(string Token, DateTimeOffset Expires)> LogInAsync(string address, CancellationToken cancellationToken)
    {
        var (mount, body) = credentials.Login switch
        {
            VaultLogin.Workload workload => (workload.Mount, new JsonObject { ["role"] = workload.Role, ["jwt"] = await workload.Jwt(address, cancellationToken).ConfigureAwait(false) }),
            VaultLogin.AppRole role => (role.Mount, new JsonObject { ["role_id"] = role.RoleId, ["secret_id"] = role.SecretId }),
            _ => throw new InvalidOperationException("a fixed token needs no login"),
        };
        var reply = await SendAsync(HttpMethod.Post, address, $"auth/{mount}/login", body, token: null, cancellationToken).ConfigureAwait(false);
        var auth = (reply.IsSuccess ? reply.Json() : throw Refused(reply, $"the login at '{mount}'"))["auth"];
        var life = JsonText.FindNumber(auth, "lease_duration") ?? 0;
        return (JsonText.Get(auth, "client_token"), life > 0 ? TokenLife.EndsAfter(credentials.Clock, life) : DateTimeOffset.MaxValue);
    }

    private Task<KeyReply> SendAsync(HttpMethod method, string address, string path, JsonObject? body, string? token, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> headers = [new("X-Vault-Request", "true")];
        if (credentials.Namespace.Length > 0)
        {
            headers.Add(new("X-Vault-Namespace", credentials.Namespace));
        }

        if (token is not null)
        {
            headers.Add(new("X-Vault-Token", token));
        }

        var request = new KeyRequest(method, new Uri($"{address}/v1/{path}")) { Headers = headers };
        if (body is not null)
        {
            request = request with { Body = Encoding.UTF8.GetBytes(body.ToJsonString()), ContentType = "application/json" };
        }

        return _http.Value.SendAsync(() => request, cancellationToken);
    }
}
