using SecretsOps.GitOps.Applications;

namespace SecretsOps.GitOps.Sources;

/// <summary>Finds the part of a tree that decides what a source renders to, so that a commit elsewhere costs nothing.</summary>
internal static class SourceInputs
{
    private static readonly string[] ToolFiles = ["kustomization.yaml", "kustomization.yml", "Kustomization", "Chart.yaml"];

    /// <summary>A digest of the files that count: the folder's, or the whole tree's where a tool or a link may read elsewhere.</summary>
    public static async Task<string> DigestAsync(ApplicationSource source, ISourceTree tree, CancellationToken cancellationToken)
    {
        var path = source.Path.Trim('/');
        var folder = await tree.TryFindAsync(path, cancellationToken);
        if (folder?.Kind != TreeEntryKind.Folder)
        {
            return $"{tree.Revision}:{path}";
        }

        return source.Tools.Any(tool => tool != "directory") || await ReachesOutAsync(tree, path, cancellationToken)
            ? (await tree.TryFindAsync("", cancellationToken))!.Digest
            : folder.Digest;
    }

    private static async Task<bool> ReachesOutAsync(ISourceTree tree, string folder, CancellationToken cancellationToken)
    {
        foreach (var entry in await tree.TryListAsync(folder, cancellationToken) ?? [])
        {
            var isReaching = entry.Kind == TreeEntryKind.Link || ToolFiles.Contains(entry.Name)
                || (entry.Kind == TreeEntryKind.Folder && await ReachesOutAsync(tree, entry.Path, cancellationToken));
            if (isReaching)
            {
                return true;
            }
        }

        return false;
    }
}
