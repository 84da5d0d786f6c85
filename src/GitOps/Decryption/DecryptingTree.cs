using System.Text;
using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Sources;

namespace SecretsOps.GitOps.Decryption;

/// <summary>A source's tree whose encrypted files open when they are read; remembers nothing of what it opened.</summary>
internal sealed class DecryptingTree(ISourceTree tree, IFileDecryptor decryptor, ReadTrace? trace = null)
{
    private const int LinkDepth = 16;

    public string Revision => tree.Revision;

    public async Task<IReadOnlyList<TreeEntry>?> TryListAsync(string folder, CancellationToken cancellationToken)
    {
        await TryFindAsync(folder, cancellationToken);
        return await tree.TryListAsync(folder, cancellationToken);
    }

    public async Task<TreeEntry?> TryFindAsync(string path, CancellationToken cancellationToken)
    {
        var found = await tree.TryFindAsync(path, cancellationToken);
        trace?.Add(path, found);
        return found;
    }

    /// <summary>Every file below a folder, depth first in the order of names; links are listed, not followed.</summary>
    public async Task<IReadOnlyList<TreeEntry>> ListFilesAsync(string folder, SearchOption depth, CancellationToken cancellationToken)
    {
        // The folder's digest covers all below it: one look is enough for the trace.
        await TryFindAsync(folder, cancellationToken);
        var files = new List<TreeEntry>();
        await ListAsync(folder, depth, files, cancellationToken);
        return files;
    }

    /// <summary>Reads files as Git has them: ciphertext where they are encrypted. Links are followed inside the tree.</summary>
    public async Task<IReadOnlyList<byte[]>> ReadRawAsync(IReadOnlyList<TreeEntry> entries, CancellationToken cancellationToken)
    {
        var files = new List<TreeEntry>(entries.Count);
        foreach (var entry in entries)
        {
            files.Add(entry.Kind == TreeEntryKind.Link ? await FollowAsync(entry, cancellationToken) : entry);
        }

        return await tree.ReadAsync(files, cancellationToken);
    }

    /// <summary>Opens one file that was read.</summary>
    /// <exception cref="DecryptionException">The file is encrypted and cannot be opened.</exception>
    public async Task<PlainFile> OpenAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        new(path, content, await decryptor.TryDecryptAsync(path, content, cancellationToken));

    private async Task ListAsync(string folder, SearchOption depth, List<TreeEntry> files, CancellationToken cancellationToken)
    {
        foreach (var entry in await tree.TryListAsync(folder, cancellationToken) ?? [])
        {
            if (entry.Kind == TreeEntryKind.Folder && depth == SearchOption.AllDirectories)
            {
                await ListAsync(entry.Path, depth, files, cancellationToken);
            }
            else if (entry.IsFile || entry.Kind == TreeEntryKind.Link)
            {
                files.Add(entry);
            }
        }
    }

    private async Task<TreeEntry> FollowAsync(TreeEntry link, CancellationToken cancellationToken)
    {
        var current = link;
        for (var i = 0; i < LinkDepth && current.Kind == TreeEntryKind.Link; i++)
        {
            var target = Encoding.UTF8.GetString((await tree.ReadAsync([current], cancellationToken))[0]);
            var path = TreeGuard.TryResolve(current.Path, target)
                ?? throw new SourceException($"'{link.Path}' is a symbolic link to '{target}', outside the repository");
            current = await TryFindAsync(path, cancellationToken)
                ?? throw new SourceException($"'{link.Path}' is a symbolic link to '{path}', which does not exist");
        }

        return current.IsFile ? current : throw new SourceException($"'{link.Path}' is a symbolic link that leads to no file");
    }
}
