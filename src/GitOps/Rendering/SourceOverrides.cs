using System.Text.Json.Nodes;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Status;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Rendering;

/// <summary>Parameters that lie in Git beside what they are for: <c>.argocd-source.yaml</c>, then <c>.argocd-source-APP.yaml</c>, merged over the source.</summary>
internal static class SourceOverrides
{
    // Compatibility: where a source comes from is the Application's word alone.
    private static readonly string[] Fixed = ["repoURL", "path", "chart", "targetRevision", "ref", "tagPrefix", "name"];

    /// <summary>The source with what the files say; the same one where there are none.</summary>
    /// <exception cref="RenderException">A file is no YAML object.</exception>
    /// <exception cref="DecryptionException">A file is encrypted and cannot be opened.</exception>
    public static async Task<RenderRequest> ApplyAsync(RenderRequest request, CancellationToken cancellationToken)
    {
        var merged = request;
        foreach (var name in new[] { ".argocd-source.yaml", $".argocd-source-{request.ApplicationName}.yaml" })
        {
            var path = request.Folder.Length == 0 ? name : $"{request.Folder}/{name}";
            if (await request.Tree.TryFindAsync(path, cancellationToken) is { IsFile: true } file)
            {
                var json = (JsonObject)merged.Source.Json.DeepClone();
                MergePatch.Apply(json, await ReadAsync(request.Tree, file, cancellationToken));
                merged = merged with { Source = merged.Source with { Json = json } };
            }
        }

        return merged;
    }

    private static async Task<JsonObject> ReadAsync(DecryptingTree tree, Sources.TreeEntry file, CancellationToken cancellationToken)
    {
        var content = (await tree.ReadRawAsync([file], cancellationToken))[0];
        using var opened = await tree.OpenAsync(file.Path, content, cancellationToken);
        try
        {
            var read = ManifestReader.ReadDocuments(opened.Content, file.Path) is [{ Root: JsonObject root }]
                ? root
                : throw new RenderException($"'{file.Path}': expected one YAML object");
            foreach (var field in Fixed)
            {
                read.Remove(field);
            }

            return read;
        }
        catch (ManifestException malformed)
        {
            throw new RenderException(opened.WasEncrypted ? $"'{file.Path}' (decrypted): no YAML object" : malformed.Message);
        }
    }
}
