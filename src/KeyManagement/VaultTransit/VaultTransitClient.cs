using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.VaultTransit;

// POST /v1/ENGINE/encrypt/NAME {"plaintext"} -> data.ciphertext        POST /v1/ENGINE/decrypt/NAME {"ciphertext"} -> data.plaintext

/// <summary>Wraps and unwraps with a transit engine; the wrapped key is Vault's own text, <c>vault:v1:…</c>.</summary>
internal sealed class VaultTransitClient(VaultTransitCredentials credentials) : KeyClient<VaultTransitMasterKey>, IDisposable
{
    private readonly Lazy<KeyHttp> _http = new(() => new KeyHttp(credentials.Clock, credentials.Tls.ToHandler()));
    private readonly ConcurrentDictionary<string, TokenCache<string>> _tokens = new(StringComparer.Ordinal);

    public void Dispose()
    {
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    protected override async Task<string> WrapAsync(VaultTransitMasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["plaintext"] = Convert.ToBase64String(dataKey.Span) };
        var answer = await CallAsync(key, "encrypt", body, cancellationToken).ConfigureAwait(false);
        return JsonText.Get(answer, "data", "ciphertext");
    }

    protected override async Task<SecretBytes> UnwrapAsync(VaultTransitMasterKey key, string wrappedKey, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(key, "decrypt", new JsonObject { ["ciphertext"] = wrappedKey }, cancellationToken).ConfigureAwait(false);
        return new SecretBytes(JsonText.GetBase64(answer, "data", "plaintext"));
    }

    private async Task<JsonObject> CallAsync(VaultTransitMasterKey key, string operation, JsonObject body, CancellationToken cancellationToken)
    {
        RefuseForeignServer(key);
        var path = $"{key.EnginePath}/{operation}/{Rfc3986.Encode(key.KeyName)}";
        var reply = await SendAsync(key, path, body, await TokenAsync(key, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        if (reply.Status == 403 && credentials.Login is not VaultLogin.Token)
        {
            _tokens[key.VaultAddress].Forget(); // it may have ended early: log in once more
            reply = await SendAsync(key, path, body, await TokenAsync(key, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }

        return reply.IsSuccess ? reply.Json() : throw Refused(reply, operation);
    }

    // A file names its own server: without this check it could collect the token of whoever decrypts it.
    private void RefuseForeignServer(VaultTransitMasterKey key)
    {
        if (credentials.AllowedPrefixes is { } allowed && !allowed.Any(prefix => (key.Identity + "/").StartsWith(prefix, StringComparison.Ordinal)))
        {
            throw new KeyBackendException("the key's server is not in the allow-list, so no token was sent to it", "add its address to SOPS_HC_VAULT_ALLOWLIST if you trust it");
        }
    }

    private Task<string> TokenAsync(VaultTransitMasterKey key, CancellationToken cancellationToken) => credentials.Login switch
    {
        null => throw new KeyBackendException("no Vault token was found", "set VAULT_TOKEN, run 'vault login', or set SECRETSOPS_VAULT_AUTH"),
        VaultLogin.Token token => Task.FromResult(token.Value),
        _ => _tokens.GetOrAdd(key.VaultAddress, _ => new TokenCache<string>(credentials.Clock)).GetAsync(token => LogInAsync(key, token), cancellationToken),
    };

    private async Task<(string Token, DateTimeOffset Expires)> LogInAsync(VaultTransitMasterKey key, CancellationToken cancellationToken)
    {
        var (mount, body) = credentials.Login switch
        {
            VaultLogin.Workload workload => (workload.Mount, new JsonObject { ["role"] = workload.Role, ["jwt"] = await workload.Jwt(key.VaultAddress, cancellationToken).ConfigureAwait(false) }),
            VaultLogin.AppRole role => (role.Mount, new JsonObject { ["role_id"] = role.RoleId, ["secret_id"] = role.SecretId }),
            _ => throw new InvalidOperationException("a fixed token needs no login"),
        };
        var reply = await SendAsync(key, $"auth/{mount}/login", body, token: null, cancellationToken).ConfigureAwait(false);
        var auth = (reply.IsSuccess ? reply.Json() : throw Refused(reply, $"the login at '{mount}'"))["auth"];
        var life = auth?["lease_duration"]?.GetValue<long>() ?? 0;
        return (JsonText.Get(auth, "client_token"), life > 0 ? credentials.Clock.GetUtcNow().AddSeconds(life) : DateTimeOffset.MaxValue);
    }

    private Task<KeyReply> SendAsync(VaultTransitMasterKey key, string path, JsonObject body, string? token, CancellationToken cancellationToken)
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

        var request = new KeyRequest(HttpMethod.Post, new Uri($"{key.VaultAddress}/v1/{path}"))
        {
            Body = Encoding.UTF8.GetBytes(body.ToJsonString()),
            ContentType = "application/json",
            Headers = headers,
        };
        return _http.Value.SendAsync(() => request, cancellationToken);
    }

    private static KeyBackendException Refused(KeyReply reply, string operation)
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
}
