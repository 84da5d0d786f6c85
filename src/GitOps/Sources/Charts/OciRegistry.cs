using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SecretsOps.GitOps.Applications;

namespace SecretsOps.GitOps.Sources.Charts;

/// <summary>An OCI registry (distribution specification 1.1): tags are versions, the first layer is the package. Tags write <c>_</c> for <c>+</c>.</summary>
internal sealed partial class OciRegistry : IChartRepository
{
    public const string ChartLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

    private const string ManifestTypes = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";
    private const int LargestManifest = 4 * 1024 * 1024;
    private const int LargestLayer = 128 * 1024 * 1024;
    private const int MostPages = 100;

    private static readonly string[] TokenFields = ["service", "scope"];

    private readonly Uri _api;
    private readonly string _path;
    private readonly RepositoryHttp _http;
    private AuthenticationHeaderValue? _authorization;

    public OciRegistry(RepositoryAccess access)
    {
        var address = access.Url.StartsWith("oci://", StringComparison.Ordinal) ? access.Url["oci://".Length..] : access.Url;
        address = address.Contains("://", StringComparison.Ordinal) ? address[(address.IndexOf("://", StringComparison.Ordinal) + 3)..] : address;
        var slash = address.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? address : address[..slash];
        _path = slash < 0 ? "" : address[(slash + 1)..].Trim('/');
        var scheme = access.Credentials.IsPlainHttp ? "http" : "https";
        _api = Uri.TryCreate($"{scheme}://{host}/v2/", UriKind.Absolute, out var api) ? api : throw new SourceException($"registry '{access}': write oci://host/path");
        _http = new RepositoryHttp(_api, access.Credentials);
        _authorization = _http.Given;
    }

    public async Task<IReadOnlyList<string>> VersionsAsync(string chart, CancellationToken cancellationToken)
    {
        var versions = new List<string>();
        var next = new Uri(_api, $"{NameOf(chart)}/tags/list?n=1000");
        for (var page = 0; page < MostPages && next is not null; page++)
        {
            var answer = await AskAsync(next, "application/json", LargestManifest, cancellationToken);
            var tags = Parse(answer.Accepted($"registry '{_api.Authority}': repository '{NameOf(chart)}'")).TextsAt("tags");
            versions.AddRange(tags.Select(tag => tag.Replace('_', '+')));
            next = NextPage().Match(answer.Link) is { Success: true } link ? new Uri(_api, link.Groups[1].Value) : null;
        }

        return versions;
    }

    public async Task<byte[]> DownloadAsync(string chart, string version, CancellationToken cancellationToken) => (await PullAsync(chart, version, cancellationToken)).Package;

    /// <summary>The digest of what a tag or version names now.</summary>
    /// <exception cref="SourceException">The registry does not answer or has no such tag.</exception>
    public async Task<string> DigestAsync(string chart, string version, CancellationToken cancellationToken)
    {
        var answer = await ManifestAsync(chart, version, cancellationToken);
        return $"sha256:{Convert.ToHexStringLower(SHA256.HashData(answer))}";
    }

    /// <summary>The first layer of an artifact, checked against its digest, and the layer's media type.</summary>
    /// <exception cref="SourceException">The registry does not answer or has no such tag.</exception>
    public async Task<(byte[] Package, string MediaType)> PullAsync(string chart, string version, CancellationToken cancellationToken)
    {
        var manifest = Parse(await ManifestAsync(chart, version, cancellationToken));
        var layers = manifest.ObjectsAt("layers").ToList();
        var layer = layers.FirstOrDefault(candidate => candidate.TextAt("mediaType") == ChartLayer)
            ?? layers.FirstOrDefault(candidate => candidate.TextAt("mediaType").EndsWith("tar+gzip", StringComparison.Ordinal))
            ?? throw new SourceException($"'{_api.Authority}/{NameOf(chart)}:{version}' holds no layer that is a packed archive (tar+gzip)");
        var digest = layer.TextAt("digest");
        var answer = await AskAsync(new Uri(_api, $"{NameOf(chart)}/blobs/{digest}"), "*/*", LargestLayer, cancellationToken);
        var package = answer.Accepted($"layer {digest} of '{_api.Authority}/{NameOf(chart)}:{version}'");
        return $"sha256:{Convert.ToHexStringLower(SHA256.HashData(package))}" == digest
            ? (package, layer.TextAt("mediaType"))
            : throw new SourceException($"'{_api.Authority}/{NameOf(chart)}:{version}': what was downloaded is not what the manifest says (sha256 differs)");
    }

    public void Dispose() => _http.Dispose();

    private string NameOf(string chart) => chart.Length == 0 ? _path : _path.Length == 0 ? chart : $"{_path}/{chart}";

    private async Task<byte[]> ManifestAsync(string chart, string version, CancellationToken cancellationToken)
    {
        var reference = version.Replace('+', '_');
        var answer = await AskAsync(new Uri(_api, $"{NameOf(chart)}/manifests/{reference}"), ManifestTypes, LargestManifest, cancellationToken);
        var body = answer.Accepted($"'{_api.Authority}/{NameOf(chart)}:{version}'");
        return !reference.StartsWith("sha256:", StringComparison.Ordinal) || $"sha256:{Convert.ToHexStringLower(SHA256.HashData(body))}" == reference
            ? body
            : throw new SourceException($"'{_api.Authority}/{NameOf(chart)}@{version}': the registry sent something else under this digest");
    }

    private async Task<HttpAnswer> AskAsync(Uri address, string accept, int limit, CancellationToken cancellationToken)
    {
        var answer = await _http.GetAsync(address, _authorization, accept, limit, cancellationToken);
        if (answer.Status != HttpStatusCode.Unauthorized || await TokenAsync(answer.Challenge, cancellationToken) is not { } token)
        {
            return answer;
        }

        _authorization = token;
        return await _http.GetAsync(address, token, accept, limit, cancellationToken);
    }

    // The registry says where to get a token; the credentials go there only if it is asked for over a secure connection.
    private async Task<AuthenticationHeaderValue?> TokenAsync(string challenge, CancellationToken cancellationToken)
    {
        if (!challenge.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var fields = Field().Matches(challenge).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value, StringComparer.OrdinalIgnoreCase);
        if (!Uri.TryCreate(fields.GetValueOrDefault("realm"), UriKind.Absolute, out var realm) || (realm.Scheme != "https" && _api.Scheme == "https"))
        {
            return null;
        }

        var query = string.Join('&', TokenFields.Where(fields.ContainsKey).Select(name => $"{name}={Uri.EscapeDataString(fields[name])}"));
        var answer = await _http.GetAsync(new Uri($"{realm.GetLeftPart(UriPartial.Path)}?{query}"), _http.Basic, "application/json", LargestManifest, cancellationToken);
        var json = Parse(answer.Accepted($"the token service '{realm.Authority}' of registry '{_api.Authority}'"));
        var token = json.TextAt("token") is { Length: > 0 } given ? given : json.TextAt("access_token");
        return token.Length > 0 ? new AuthenticationHeaderValue("Bearer", token) : null;
    }

    private JsonObject Parse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject ?? [];
        }
        catch (JsonException exception)
        {
            throw new SourceException($"registry '{_api.Authority}' sent something that is no JSON", exception);
        }
    }

    [GeneratedRegex("(\\w+)=\"([^\"]*)\"")]
    private static partial Regex Field();

    [GeneratedRegex("<([^>]+)>\\s*;\\s*rel=\"?next\"?")]
    private static partial Regex NextPage();
}
