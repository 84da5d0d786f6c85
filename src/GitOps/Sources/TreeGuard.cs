using System.Collections.Concurrent;
using System.Text;

namespace SecretsOps.GitOps.Sources;

/// <summary>Refuses a tree in which any symbolic link leads outside, wherever it lies.</summary>
/// <remarks>Whether a relative link escapes depends only on the folder's content and depth, so both together are remembered as safe.</remarks>
internal sealed class TreeGuard
{
    private const int DeepestFolder = 64;

    private readonly ConcurrentDictionary<(string Digest, int Depth), bool> _safe = new();

    /// <exception cref="SourceException">A link leads outside, or folders are nested too deep.</exception>
    public async Task CheckAsync(ISourceTree tree, CancellationToken cancellationToken)
    {
        if (await tree.TryFindAsync("", cancellationToken) is { } root)
        {
            await CheckFolderAsync(tree, root, 0, cancellationToken);
        }
    }

    /// <summary>Where a link leads inside the tree, or null when it leads outside.</summary>
    public static string? TryResolve(string linkPath, string target)
    {
        if (target.StartsWith('/'))
        {
            return null;
        }

        var segments = new Stack<string>(linkPath.Split('/').SkipLast(1));
        foreach (var segment in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(segment => segment != "."))
        {
            if (segment != "..")
            {
                segments.Push(segment);
            }
            else if (!segments.TryPop(out _))
            {
                return null;
            }
        }

        return string.Join('/', segments.Reverse());
    }

    private async Task CheckFolderAsync(ISourceTree tree, TreeEntry folder, int depth, CancellationToken cancellationToken)
    {
        if (_safe.ContainsKey((folder.Digest, depth)))
        {
            return;
        }

        if (depth > DeepestFolder)
        {
            throw new SourceException($"'{folder.Path}' at {tree.Revision}: folders are nested more than {DeepestFolder} deep");
        }

        var entries = await tree.TryListAsync(folder.Path, cancellationToken) ?? [];
        List<TreeEntry> links = [.. entries.Where(entry => entry.Kind == TreeEntryKind.Link)];
        var targets = links.Count == 0 ? [] : await tree.ReadAsync(links, cancellationToken);
        for (var i = 0; i < links.Count; i++)
        {
            var target = Encoding.UTF8.GetString(targets[i]);
            if (TryResolve(links[i].Path, target) is null)
            {
                throw new SourceException($"'{links[i].Path}' at {tree.Revision} is a symbolic link to '{target}', outside the repository: remove it");
            }
        }

        foreach (var child in entries.Where(entry => entry.Kind == TreeEntryKind.Folder))
        {
            await CheckFolderAsync(tree, child, depth + 1, cancellationToken);
        }

        _safe[(folder.Digest, depth)] = true;
    }
}
