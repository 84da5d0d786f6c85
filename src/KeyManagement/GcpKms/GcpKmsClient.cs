using System.Numerics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.GcpKms;

// POST https://cloudkms.googleapis.com/v1/projects/…/cryptoKeys/K:encrypt | :decrypt, bearer token, base64 and CRC-32C in decimal.

/// <summary>Wraps and unwraps with Google Cloud KMS over REST; the wrapped key is the ciphertext in base64.</summary>
internal sealed class GcpKmsClient : KeyClient<GcpKmsMasterKey>, IDisposable
{
    private readonly KeyEnvironment _environment;
    private readonly KeyHttp _http;
    private readonly GcpTokenSource _tokens;

    public GcpKmsClient(GcpKmsCredentials credentials)
    {
        _environment = credentials.Environment;
        _http = new KeyHttp(_environment.Clock);
        _tokens = new GcpTokenSource(credentials, _http);
    }

    public void Dispose() => _http.Dispose();

    protected override async Task<string> WrapAsync(GcpKmsMasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["plaintext"] = Convert.ToBase64String(dataKey.Span), ["plaintextCrc32c"] = Checksum(dataKey.Span) };
        var answer = await CallAsync(key, "encrypt", body, cancellationToken).ConfigureAwait(false);
        var ciphertext = JsonText.GetBase64(answer, "ciphertext");
        Verify(ciphertext, JsonText.Find(answer, "ciphertextCrc32c"));
        return Convert.ToBase64String(ciphertext);
    }

    protected override async Task<SecretBytes> UnwrapAsync(GcpKmsMasterKey key, string wrappedKey, CancellationToken cancellationToken)
    {
        var ciphertext = WrappedBase64.Decode(wrappedKey);
        var body = new JsonObject { ["ciphertext"] = Convert.ToBase64String(ciphertext), ["ciphertextCrc32c"] = Checksum(ciphertext) };
        var answer = await CallAsync(key, "decrypt", body, cancellationToken).ConfigureAwait(false);
        var plaintext = JsonText.GetBase64(answer, "plaintext");
        Verify(plaintext, JsonText.Find(answer, "plaintextCrc32c"));
        return new SecretBytes(plaintext);
    }

    private async Task<JsonObject> CallAsync(GcpKmsMasterKey key, string operation, JsonObject body, CancellationToken cancellationToken)
    {
        if (!key.IsWellFormed)
        {
            throw new KeyBackendException("the resource id is malformed", "write projects/P/locations/L/keyRings/R/cryptoKeys/K");
        }

        var path = string.Join('/', key.ResourceId.Split('/').Select(Rfc3986.Encode));
        var token = await _tokens.GetAsync(cancellationToken).ConfigureAwait(false);
        var request = new KeyRequest(HttpMethod.Post, new Uri($"{Endpoint()}/v1/{path}:{operation}"))
        {
            Body = Encoding.UTF8.GetBytes(body.ToJsonString()),
            ContentType = "application/json",
            Headers = [new("Authorization", $"Bearer {token}")],
        };
        var reply = await _http.SendAsync(() => request, cancellationToken).ConfigureAwait(false);
        return reply.IsSuccess ? reply.Json() : throw Refused(reply, operation);
    }

    private string Endpoint()
    {
        var configured = _environment.NonEmpty("SOPS_GCP_KMS_ENDPOINT");
        var domain = _environment.NonEmpty("SOPS_GCP_KMS_UNIVERSE_DOMAIN") ?? "googleapis.com";
        return configured is null
            ? $"https://cloudkms.{domain}"
            : configured.Contains("://", StringComparison.Ordinal) ? configured.TrimEnd('/') : $"https://{configured}";
    }

    private static string Checksum(ReadOnlySpan<byte> bytes)
    {
        var checksum = uint.MaxValue;
        foreach (var octet in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, octet);
        }

        return (~checksum).ToString(CultureInfo.InvariantCulture);
    }

    private static void Verify(ReadOnlySpan<byte> bytes, string? checksum)
    {
        if (checksum is not null && checksum != Checksum(bytes))
        {
            throw new KeyBackendException("the answer of Google Cloud KMS was damaged on the way", "try again");
        }
    }

    private static KeyBackendException Refused(KeyReply reply, string operation)
    {
        var body = reply.JsonOrEmpty();
        var status = JsonText.Find(body, "error", "status") ?? $"HTTP {reply.Status}";
        var message = JsonText.Find(body, "error", "message");
        return new($"Google Cloud KMS refused {operation}: {status}{(message is null ? "" : $": {message}")}", status switch
        {
            "PERMISSION_DENIED" => "grant roles/cloudkms.cryptoKeyEncrypterDecrypter on the key",
            "UNAUTHENTICATED" => "log in again: the token is not valid",
            "NOT_FOUND" => "check project, location, key ring and key",
            "RESOURCE_EXHAUSTED" => "try again later, or ask for a higher quota",
            _ => null,
        });
    }
}
