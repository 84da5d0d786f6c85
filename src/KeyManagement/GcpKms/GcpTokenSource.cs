using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.GcpKms;

/// <summary>Access tokens of Google Cloud, in the order of Google's own libraries, kept until they end.</summary>
internal sealed class GcpTokenSource(GcpKmsCredentials credentials, KeyHttp http)
{
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";
    private const string DefaultTokenUri = "https://oauth2.googleapis.com/token";
    private const string JwtGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const string ExchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange";

    private readonly KeyEnvironment _environment = credentials.Environment;
    private readonly TokenCache<string> _cache = new(credentials.Environment.Clock);

    /// <summary>A token for Cloud KMS.</summary>
    /// <exception cref="KeyBackendException">No source gives one.</exception>
    public async Task<string> GetAsync(CancellationToken cancellationToken) =>
        credentials is { UsesEnvironment: true, Json: null } && _environment.NonEmpty("GOOGLE_CREDENTIALS") is null && _environment.NonEmpty("GOOGLE_OAUTH_ACCESS_TOKEN") is { } token
            ? token
            : await _cache.GetAsync(FetchAsync, cancellationToken).ConfigureAwait(false);

    private async Task<(string Token, DateTimeOffset Expires)> FetchAsync(CancellationToken cancellationToken)
    {
        if (FindFile() is not { } file)
        {
            return _environment.NonEmpty("GCP_WORKLOAD_IDENTITY_PROVIDER") is { } provider && _environment.IdentityToken is not null
                ? await FromWorkloadAsync(provider, cancellationToken).ConfigureAwait(false)
                : await FromMetadataAsync(cancellationToken).ConfigureAwait(false);
        }

        var account = Parse(file);
        return JsonText.Find(account, "type") switch
        {
            "service_account" => await FromServiceAccountAsync(account, cancellationToken).ConfigureAwait(false),
            "authorized_user" => await FromUserAsync(account, cancellationToken).ConfigureAwait(false),
            "external_account" => await FromExternalAsync(account, cancellationToken).ConfigureAwait(false),
            var type => throw new KeyBackendException($"Google credentials of type '{type}' cannot be used", "use service_account, authorized_user or external_account"),
        };
    }

    private string? FindFile()
    {
        if (credentials.Json is not null || !credentials.UsesEnvironment)
        {
            return credentials.Json;
        }

        if (_environment.NonEmpty("GOOGLE_CREDENTIALS") is { } direct)
        {
            return direct.TrimStart().StartsWith('{') ? direct : KeyEnvironment.ReadText(direct);
        }

        if (_environment.NonEmpty("GOOGLE_APPLICATION_CREDENTIALS") is { } path)
        {
            return KeyEnvironment.ReadText(path);
        }

        var folder = _environment.NonEmpty("CLOUDSDK_CONFIG") ?? (_environment.HomeDirectory is { } home ? Path.Combine(home, ".config", "gcloud") : null);
        var wellKnown = folder is null ? null : Path.Combine(folder, "application_default_credentials.json");
        return File.Exists(wellKnown) ? KeyEnvironment.ReadText(wellKnown) : null;
    }

    private static JsonNode Parse(string file)
    {
        try
        {
            return JsonText.Parse(file) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new KeyBackendException("the Google credentials are not JSON"); // the parser's own words may quote the key
        }
    }

    private async Task<(string Token, DateTimeOffset Expires)> FromServiceAccountAsync(JsonNode account, CancellationToken cancellationToken)
    {
        var tokenUri = JsonText.Find(account, "token_uri") ?? DefaultTokenUri;
        using var key = RSA.Create();
        try
        {
            key.ImportFromPem(JsonText.Get(account, "private_key"));
        }
        catch (ArgumentException)
        {
            throw new KeyBackendException("the private key of the Google service account is malformed");
        }

        var now = _environment.Clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject { ["iss"] = JsonText.Get(account, "client_email"), ["scope"] = Scope, ["aud"] = tokenUri, ["iat"] = now, ["exp"] = now + 3600 };
        var assertion = JwtAssertion.Sign(new JsonObject { ["kid"] = JsonText.Find(account, "private_key_id") }, claims, key);
        return await PostFormAsync(tokenUri, new() { ["grant_type"] = JwtGrant, ["assertion"] = assertion }, cancellationToken).ConfigureAwait(false);
    }

    private Task<(string Token, DateTimeOffset Expires)> FromUserAsync(JsonNode account, CancellationToken cancellationToken) =>
        PostFormAsync(JsonText.Find(account, "token_uri") ?? DefaultTokenUri, new()
        {
            ["grant_type"] = "refresh_token",
            ["client_id"] = JsonText.Get(account, "client_id"),
            ["client_secret"] = JsonText.Get(account, "client_secret"),
            ["refresh_token"] = JsonText.Get(account, "refresh_token"),
        }, cancellationToken);

    private async Task<(string Token, DateTimeOffset Expires)> FromExternalAsync(JsonNode account, CancellationToken cancellationToken)
    {
        var path = JsonText.Find(account, "credential_source", "file") ?? throw new KeyBackendException("only external accounts with a token file can be used");
        var text = KeyEnvironment.ReadText(path);
        var subject = JsonText.Find(account, "credential_source", "format", "type") == "json"
            ? JsonText.Get(Parse(text), JsonText.Get(account, "credential_source", "format", "subject_token_field_name"))
            : text;
        return await ExchangeAsync(
            JsonText.Get(account, "token_url"), JsonText.Get(account, "audience"), JsonText.Get(account, "subject_token_type"), subject,
            JsonText.Find(account, "service_account_impersonation_url"), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A workload of a cluster, by its own token: provider as Flux's annotation writes it.</summary>
    private async Task<(string Token, DateTimeOffset Expires)> FromWorkloadAsync(string provider, CancellationToken cancellationToken)
    {
        var audience = $"//iam.googleapis.com/{provider}";
        var subject = await _environment.AskIdentityTokenAsync($"https:{audience}", cancellationToken).ConfigureAwait(false);
        var impersonation = _environment.NonEmpty("GCP_SERVICE_ACCOUNT") is { } account
            ? $"{Endpoint("SECRETSOPS_GCP_IAM_ENDPOINT", "https://iamcredentials.googleapis.com")}/v1/projects/-/serviceAccounts/{Rfc3986.Encode(account)}:generateAccessToken"
            : null;
        return await ExchangeAsync($"{Endpoint("SECRETSOPS_GCP_STS_ENDPOINT", "https://sts.googleapis.com")}/v1/token", audience, "urn:ietf:params:oauth:token-type:jwt", subject, impersonation, cancellationToken).ConfigureAwait(false);
    }

    private string Endpoint(string variable, string otherwise) => _environment.NonEmpty(variable)?.TrimEnd('/') ?? otherwise;

    private async Task<(string Token, DateTimeOffset Expires)> ExchangeAsync(
        string tokenUri, string audience, string subjectType, string subject, string? impersonationUri, CancellationToken cancellationToken)
    {
        var federated = await PostFormAsync(tokenUri, new()
        {
            ["grant_type"] = ExchangeGrant,
            ["audience"] = audience,
            ["scope"] = Scope,
            ["requested_token_type"] = "urn:ietf:params:oauth:token-type:access_token",
            ["subject_token_type"] = subjectType,
            ["subject_token"] = subject,
        }, cancellationToken).ConfigureAwait(false);
        if (impersonationUri is null)
        {
            return federated;
        }

        var request = new KeyRequest(HttpMethod.Post, new Uri(impersonationUri))
        {
            Body = Encoding.UTF8.GetBytes(new JsonObject { ["scope"] = new JsonArray(Scope), ["lifetime"] = "3600s" }.ToJsonString()),
            ContentType = "application/json",
            Headers = [new("Authorization", $"Bearer {federated.Token}")],
        };
        var reply = await http.SendAsync(() => request, cancellationToken).ConfigureAwait(false);
        var answer = reply.IsSuccess ? reply.Json() : throw Refused(reply);
        return (JsonText.Get(answer, "accessToken"), DateTimeOffset.Parse(JsonText.Get(answer, "expireTime"), CultureInfo.InvariantCulture));
    }

    private async Task<(string Token, DateTimeOffset Expires)> FromMetadataAsync(CancellationToken cancellationToken)
    {
        if (!credentials.UsesEnvironment)
        {
            throw new KeyBackendException("no Google credentials were given", "add 'sops.gcp-kms' to the Secret");
        }

        var host = _environment.NonEmpty("GCE_METADATA_HOST") ?? "metadata.google.internal";
        var uri = new Uri($"http://{host}/computeMetadata/v1/instance/service-accounts/default/token");
        try
        {
            var request = new KeyRequest(HttpMethod.Get, uri) { Headers = [new("Metadata-Flavor", "Google")] };
            var reply = await http.SendOnceAsync(request, cancellationToken, TimeSpan.FromSeconds(2)).ConfigureAwait(false);
            return ReadToken(reply);
        }
        catch (KeyBackendException failure)
        {
            throw new KeyBackendException("no Google credentials were found: no variable, no application default credentials, no metadata server", "run 'gcloud auth application-default login' or set GOOGLE_APPLICATION_CREDENTIALS", failure);
        }
    }

    private async Task<(string Token, DateTimeOffset Expires)> PostFormAsync(string uri, Dictionary<string, string> form, CancellationToken cancellationToken)
    {
        var request = new KeyRequest(HttpMethod.Post, new Uri(uri)) { Body = Encoding.UTF8.GetBytes(Rfc3986.Query(form)), ContentType = "application/x-www-form-urlencoded" };
        return ReadToken(await http.SendAsync(() => request, cancellationToken).ConfigureAwait(false));
    }

    private (string Token, DateTimeOffset Expires) ReadToken(KeyReply reply)
    {
        var answer = reply.IsSuccess ? reply.Json() : throw Refused(reply);
        return (JsonText.Get(answer, "access_token"), TokenLife.EndsAfter(_environment.Clock, JsonText.FindNumber(answer, "expires_in") ?? 300));
    }

    private static KeyBackendException Refused(KeyReply reply)
    {
        var body = reply.JsonOrEmpty();
        var reason = JsonText.Find(body, "error_description") ?? JsonText.Find(body, "error") ?? JsonText.Find(body, "error", "message") ?? $"HTTP {reply.Status}";
        return new KeyBackendException($"Google refused the credentials: {reason}", "check the service account and its key");
    }
}
