using System.Text.Json.Nodes;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.VaultTransit;

// POST /v1/ENGINE/encrypt/NAME {"plaintext"} -> data.ciphertext        POST /v1/ENGINE/decrypt/NAME {"ciphertext"} -> data.plaintext

/// <summary>Wraps and unwraps with a transit engine; the wrapped key is Vault's own text, <c>vault:v1:…</c>.</summary>
internal sealed class VaultTransitClient(VaultTransitCredentials credentials) : KeyClient<VaultTransitMasterKey>, IDisposable
{
    private readonly VaultConnection _vault = new(credentials);

    public void Dispose() => _vault.Dispose();

    protected override async Task<string> WrapAsync(VaultTransitMasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["plaintext"] = Convert.ToBase64String(dataKey.Span) };
        var answer = await CallAsync(key, "encrypt", body, cancellationToken).ConfigureAwait(false);
        return JsonText.GetWrappedKey(answer, "data", "ciphertext");
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
        var reply = await _vault.SendAsync(HttpMethod.Post, key.VaultAddress, path, body, cancellationToken).ConfigureAwait(false);
        return reply.IsSuccess ? reply.Json() : throw VaultConnection.Refused(reply, operation);
    }

    // A file names its own server: without this check it could collect the token of whoever decrypts it.
    private void RefuseForeignServer(VaultTransitMasterKey key)
    {
        if (credentials.AllowedPrefixes is { } allowed && !allowed.Any(prefix => (key.Identity + "/").StartsWith(prefix, StringComparison.Ordinal)))
        {
            throw new KeyBackendException("the key's server is not in the allow-list, so no token was sent to it", "add its address to SOPS_HC_VAULT_ALLOWLIST if you trust it");
        }
    }
}
