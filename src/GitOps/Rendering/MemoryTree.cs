using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Sources;

namespace SecretsOps.GitOps.Rendering;

/// <summary>The files that an external renderer may read, opened, in a private folder in memory under the paths they have in Git.</summary>
/// <remarks>The folder is the tool's whole world: what was not put there, such as another tenant's file, cannot be rendered.</remarks>
internal sealed class MemoryTree(DecryptingTree tree, string purpose) : IDisposable
{
    private const string TreeFolder = "tree";
    private readonly MemoryFolder _folder = new(purpose);
    private readonly HashSet<string> _present = new(StringComparer.Ordinal);

    /// <summary>The folder that stands for the repository's root.</summary>
    public string Root => Path.Combine(_folder.Path, TreeFolder);

    /// <summary>The folder that all of this lies in: what a tool is confined to.</summary>
    public string Whole => _folder.Path;

    /// <summary>Where a path of the repository lies.</summary>
    public string PathOf(string path) => Path.Combine(Root, path);

    /// <summary>Writes a file that is not in Git, such as inline values, beside the tree; gives its absolute path.</summary>
    public string WriteBeside(string name, ReadOnlySpan<byte> content) => _folder.Write(Path.Combine("beside", name), content);

    /// <summary>Writes a file of the tree with a content of our own in the place of Git's.</summary>
    public void Replace(string path, ReadOnlySpan<byte> content)
    {
        _present.Add(path);
        _folder.Write(Path.Combine(TreeFolder, path), content);
    }

    /// <summary>A folder of the tool's own, for caches and settings it insists on writing.</summary>
    public string Home => System.IO.Directory.CreateDirectory(Path.Combine(_folder.Path, "home")).FullName;

    /// <summary>Brings files from Git, decrypting those that are encrypted.</summary>
    /// <exception cref="DecryptionException">An encrypted file cannot be opened.</exception>
    public async Task AddAsync(IReadOnlyList<TreeEntry> files, CancellationToken cancellationToken)
    {
        List<TreeEntry> missing = [.. files.Where(file => _present.Add(file.Path))];
        var contents = await tree.ReadRawAsync(missing, cancellationToken);
        for (var i = 0; i < missing.Count; i++)
        {
            using var file = await tree.OpenAsync(missing[i].Path, contents[i], cancellationToken);
            _folder.Write(Path.Combine(TreeFolder, missing[i].Path), file.Content.Span);
        }
    }

    /// <summary>Brings files as Git has them: what is encrypted stays so.</summary>
    /// <exception cref="RenderException">Together they are larger than the limit, in bytes.</exception>
    public async Task AddRawAsync(IReadOnlyList<TreeEntry> files, long limit, CancellationToken cancellationToken)
    {
        var total = 0L;
        foreach (var file in files.Where(file => _present.Add(file.Path)))
        {
            var content = (await tree.ReadRawAsync([file], cancellationToken))[0];
            total += content.Length;
            if (total > limit)
            {
                throw new RenderException($"the repository at {tree.Revision} is larger than {limit / (1024 * 1024)} MiB, too much to hand to a plug-in");
            }

            _folder.Write(Path.Combine(TreeFolder, file.Path), content);
        }
    }

    /// <summary>Lets files that were brought be run.</summary>
    public void MakeExecutable(IEnumerable<TreeEntry> files)
    {
        foreach (var file in files)
        {
            File.SetUnixFileMode(PathOf(file.Path), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Brings everything below a folder of Git to another place.</summary>
    /// <exception cref="DecryptionException">An encrypted file cannot be opened.</exception>
    public async Task CopyFolderAsync(string folder, string target, CancellationToken cancellationToken)
    {
        var files = await tree.ListFilesAsync(folder, SearchOption.AllDirectories, cancellationToken);
        var contents = await tree.ReadRawAsync(files, cancellationToken);
        for (var i = 0; i < files.Count; i++)
        {
            using var file = await tree.OpenAsync(files[i].Path, contents[i], cancellationToken);
            Replace($"{target}/{files[i].Path[folder.Length..].TrimStart('/')}", file.Content.Span);
        }
    }

    /// <summary>Brings everything below a folder of Git.</summary>
    /// <exception cref="DecryptionException">An encrypted file cannot be opened.</exception>
    public async Task AddFolderAsync(string folder, CancellationToken cancellationToken) =>
        await AddAsync(await tree.ListFilesAsync(folder, SearchOption.AllDirectories, cancellationToken), cancellationToken);

    public void Dispose() => _folder.Dispose();
}
