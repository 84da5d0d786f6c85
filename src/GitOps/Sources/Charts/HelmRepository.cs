using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Sources.Charts;

/// <summary>A Helm repository over https: <c>index.yaml</c>, and the packages it names.</summary>
internal sealed class HelmRepository : IChartRepository
{
    private const int LargestIndex = 64 * 1024 * 1024;
    private const int LargestChart = 64 * 1024 * 1024;

    private readonly Uri _root;
    private readonly RepositoryHttp _http;
    private volatile JsonObject? _index;

    public HelmRepository(RepositoryAccess access)
    {
        _root = Uri.TryCreate(access.Url.TrimEnd('/') + "/", UriKind.Absolute, out var root) && root.Scheme is "https" or "http"
            ? root
            : throw new SourceException($"repository '{access}': the address of a Helm repository begins with https://");
        _http = new RepositoryHttp(_root, access.Credentials);
    }

    public async Task<IReadOnlyList<string>> VersionsAsync(string chart, CancellationToken cancellationToken)
    {
        var answer = await _http.GetAsync(new Uri(_root, "index.yaml"), _http.Given, "application/yaml, text/yaml, */*", LargestIndex, cancellationToken);
        _index = Parse(answer.Accepted($"'{_root}index.yaml'"));
        return [.. Entries(_index, chart).Select(entry => entry.TextAt("version"))];
    }

    public async Task<byte[]> DownloadAsync(string chart, string version, CancellationToken cancellationToken)
    {
        if (_index is null || Entries(_index, chart).All(entry => entry.TextAt("version") != version))
        {
            await VersionsAsync(chart, cancellationToken);
        }

        var entry = Entries(_index!, chart).FirstOrDefault(entry => entry.TextAt("version") == version)
            ?? throw new SourceException($"chart '{chart}' has no version '{version}' in '{_root}'");
        var address = new Uri(_root, entry.TextsAt("urls") is [var first, ..] ? first : throw new SourceException($"chart '{chart}' {version}: '{_root}index.yaml' names no address"));
        var answer = await _http.GetAsync(address, _http.IsOwn(address) ? _http.Given : null, "*/*", LargestChart, cancellationToken);
        return Checked(answer.Accepted($"chart '{chart}' {version} at '{address}'"), entry.TextAt("digest"), chart, version);
    }

    public void Dispose() => _http.Dispose();

    private JsonObject Parse(byte[] yaml)
    {
        try
        {
            return ManifestReader.ReadDocuments(yaml, "index.yaml", DuplicateKeys.LastWins) is [{ Root: JsonObject index }] ? index : throw new SourceException($"'{_root}index.yaml' is no index of charts");
        }
        catch (ManifestException exception)
        {
            throw new SourceException($"'{_root}index.yaml' cannot be read: {exception.Message}", exception);
        }
    }

    private IEnumerable<JsonObject> Entries(JsonObject index, string chart) =>
        (index["entries"] as JsonObject)?[chart] is JsonArray entries ? entries.OfType<JsonObject>() : throw new SourceException($"'{_root}' has no chart '{chart}'");

    private static byte[] Checked(byte[] package, string digest, string chart, string version)
    {
        var expected = digest.StartsWith("sha256:", StringComparison.Ordinal) ? digest[7..] : digest;
        return expected.Length == 0 || expected.Equals(Convert.ToHexString(SHA256.HashData(package)), StringComparison.OrdinalIgnoreCase)
            ? package
            : throw new SourceException($"chart '{chart}' {version}: what was downloaded is not what the index says (sha256 differs)");
    }
}
