using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Sources;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Rendering.Directory;

/// <summary>Plain YAML and JSON files of a folder, in the order of their paths.</summary>
internal sealed class DirectoryRenderer : IRenderer
{
    private const long LargestTotal = 10 * 1024 * 1024;

    private static readonly byte[] SkipMarker = "+argocd:skip-file-rendering"u8.ToArray();
    private static readonly ManifestReadOptions Reading = new() { ExpandLists = true };

    public SourceType Type => SourceType.Directory;

    public async Task<RenderedManifests> RenderAsync(RenderRequest request, CancellationToken cancellationToken)
    {
        var folder = await request.Tree.TryFindAsync(request.Folder, cancellationToken);
        if (folder?.Kind != TreeEntryKind.Folder)
        {
            throw new RenderException($"{request.Source.Path}: app path does not exist at {request.Revision}");
        }

        var selection = new FileSelection(request.Source.Directory, request.Folder);
        var depth = request.Source.Directory.FlagAt("recurse") ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly;
        List<TreeEntry> files = [.. (await request.Tree.ListFilesAsync(request.Folder, depth, cancellationToken)).Where(file => selection.Includes(file.Path))];
        var contents = await request.Tree.ReadRawAsync(files, cancellationToken);
        CheckTotal(contents.Sum(content => (long)content.Length), request);
        var manifests = new List<Manifest>();
        for (var i = 0; i < files.Count; i++)
        {
            if (contents[i].AsSpan().IndexOf(SkipMarker) < 0)
            {
                manifests.AddRange(await ReadFileAsync(request, files[i].Path, contents[i], cancellationToken));
            }
        }

        return new RenderedManifests(SourceType.Directory, manifests);
    }

    private static void CheckTotal(long total, RenderRequest request)
    {
        if (total > LargestTotal)
        {
            throw new RenderException($"{request.Source.Path}: the manifests add up to {total / 1024} KiB, more than the limit of 10 MiB: split the folder or exclude files");
        }
    }

    // Compatibility: YAML that says nothing of a kind, such as settings of other tools, is passed over; what is no YAML never is.
    private static bool IsSomethingElse(string path, ReadOnlyMemory<byte> content)
    {
        var isManifest = content.Span.IndexOf("apiVersion:"u8) >= 0 && content.Span.IndexOf("kind:"u8) >= 0 && content.Span.IndexOf("metadata:"u8) >= 0;
        if (isManifest || path.EndsWith(".json", StringComparison.Ordinal))
        {
            return false;
        }

        try
        {
            return YamlText.ToJson(content, path).Count > 0;
        }
        catch (ManifestException)
        {
            return false;
        }
    }

    private static async Task<IReadOnlyList<Manifest>> ReadFileAsync(RenderRequest request, string path, byte[] content, CancellationToken cancellationToken)
    {
        using var file = await request.Tree.OpenAsync(path, content, cancellationToken);
        try
        {
            return [.. ManifestReader.Read(file.Content, path, Reading).Select(value => new Manifest(value, path))];
        }
        catch (ManifestException) when (IsSomethingElse(path, file.Content))
        {
            return [];
        }
        catch (ManifestException exception)
        {
            // An encrypted file's error is told without the parser's words: they may quote a value.
            throw new RenderException(file.WasEncrypted ? $"'{path}' (decrypted), document {exception.Document}, line {exception.Line}: not a Kubernetes manifest" : exception.Message, file.WasEncrypted ? null : exception);
        }
    }
}
