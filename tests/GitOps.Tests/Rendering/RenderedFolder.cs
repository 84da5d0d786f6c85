using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Cryptography;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Sources.Charts;
using SecretsOps.GitOps.Tools;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.GitOps.Tests.Rendering;

/// <summary>A folder of files rendered by one renderer with the real tools; files that begin with a marker count as encrypted.</summary>
internal sealed class RenderedFolder : IFileDecryptor, IDisposable
{
    private const string Marker = "#ENCRYPTED\n";
    private readonly TemporaryDirectory _directory = new();

    /// <summary>The tools that renderers run: kubectl carries kustomize, and helm comes beside it.</summary>
    public static ToolBox Tools { get; } = new(
        string.Join(':', new[] { ExternalPrograms.Kubectl(ExternalPrograms.NewestKubectl), ExternalPrograms.Helm }.Select(Path.GetDirectoryName)),
        TimeProvider.System);

    /// <summary>Charts by nobody's Secret, which no test of a folder fetches.</summary>
    public static ChartStore Charts { get; } = new(Path.Combine(Path.GetTempPath(), "secretsops-test-charts"), new RepositoryRegistry(), TimeProvider.System);

    public RenderedFolder With(string path, string text)
    {
        _directory.Write(path, text);
        return this;
    }

    public RenderedFolder WithEncrypted(string path, string text) => With(path, Marker + text);

    public async Task<IReadOnlyList<KubernetesObject>> RenderAsync(IRenderer renderer, string path, string source = "{}", Func<RenderRequest, RenderRequest>? change = null)
    {
        var request = Request(path, source);
        var rendered = await renderer.RenderAsync(change?.Invoke(request) ?? request, CancellationToken.None);
        return [.. rendered.Manifests.Select(manifest => manifest.Object)];
    }

    /// <summary>Renders with whichever tool the source asks for.</summary>
    public Task<RenderedManifests> RenderAsync(RendererSet renderers, string path, string source = "{}", Func<RenderRequest, RenderRequest>? change = null)
    {
        var request = Request(path, source);
        return renderers.RenderAsync(change?.Invoke(request) ?? request, CancellationToken.None);
    }

    private RenderRequest Request(string path, string source)
    {
        var json = (JsonObject)YamlText.ToJson(Encoding.UTF8.GetBytes(source), "test")[0].Root!;
        json["path"] = path;
        json["repoURL"] = "https://git.example.com/shop.git";
        var tree = new DecryptingTree(new FolderTree(_directory.Path), this);
        return new RenderRequest
        {
            Source = new ApplicationSource(json),
            Tree = tree,
            Revision = "0123456789abcdef",
            ApplicationName = "web",
            Project = "default",
            Namespace = "prod",
            References = new Dictionary<string, DecryptingTree> { ["values"] = tree },
            KubernetesVersion = "1.34.0",
        };
    }

    public Task<SecretBytes?> TryDecryptAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        Task.FromResult(content.Span.StartsWith(Encoding.UTF8.GetBytes(Marker)) ? new SecretBytes(content.Span[Marker.Length..]) : null);

    public void Dispose() => _directory.Dispose();
}
