using System.Collections.Concurrent;

namespace SecretsOps.GitOps.Sources;

/// <summary>The tree of one commit, read object by object; folders once read are remembered for every later commit.</summary>
internal sealed class GitTree(string revision, string rootId, GitObjectReader objects, ConcurrentDictionary<string, GitFolder> folders, Func<SourceException, CancellationToken, Task>? repair = null) : ISourceTree
{
    private const int RememberedFolders = 20_000;

    public string Revision { get; } = revision;

    public async Task<IReadOnlyList<TreeEntry>?> TryListAsync(string folder, CancellationToken cancellationToken)
    {
        var entry = await TryFindAsync(folder, cancellationToken);
        return entry?.Kind == TreeEntryKind.Folder ? (await ReadFolderAsync(entry, cancellationToken)).List(entry.Path) : null;
    }

    public async Task<TreeEntry?> TryFindAsync(string path, CancellationToken cancellationToken)
    {
        var current = new TreeEntry("", TreeEntryKind.Folder, rootId);
        foreach (var segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != "."))
        {
            if (current.Kind != TreeEntryKind.Folder)
            {
                return null;
            }

            var folder = await ReadFolderAsync(current, cancellationToken);
            if (folder.TryFind(current.Path, segment) is not { } next)
            {
                return null;
            }

            current = next;
        }

        return current;
    }

    public async Task<IReadOnlyList<byte[]>> ReadAsync(IReadOnlyList<TreeEntry> files, CancellationToken cancellationToken)
    {
        var found = await ReadObjectsAsync(files, cancellationToken);
        return [.. found.Select(blob => blob.Content)];
    }

    private async Task<GitFolder> ReadFolderAsync(TreeEntry folder, CancellationToken cancellationToken)
    {
        if (!folders.TryGetValue(folder.Digest, out var tree))
        {
            tree = (await ReadObjectsAsync([folder], cancellationToken))[0].ReadTree();
            if (folders.Count >= RememberedFolders)
            {
                folders.Clear();
            }

            folders[folder.Digest] = tree;
        }

        return tree;
    }

    // A spoiled copy is made anew once, in the middle of whatever reads it.
    private async Task<IReadOnlyList<GitObject>> ReadObjectsAsync(IReadOnlyList<TreeEntry> entries, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadOnceAsync(entries, cancellationToken);
        }
        catch (SourceException damage) when (damage.IsDamage && repair is not null)
        {
            await repair(damage, cancellationToken);
            return await ReadOnceAsync(entries, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<GitObject>> ReadOnceAsync(IReadOnlyList<TreeEntry> entries, CancellationToken cancellationToken)
    {
        var found = await objects.TryReadAsync([.. entries.Select(entry => entry.Digest)], cancellationToken);
        return [.. found.Select((item, index) => item ?? throw Missing(entries[index]))];
    }

    private SourceException Missing(TreeEntry entry) =>
        new($"'{entry.Path}' at {Revision}: git object {entry.Digest} is missing from the local copy") { IsDamage = true };
}
