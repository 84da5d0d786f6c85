using System.Text;

namespace SecretsOps.GitOps.Sources;

/// <summary>A folder of the machine as a source: what <c>render</c> and <c>plan</c> read when they get a path.</summary>
internal sealed class FolderTree(string root) : ISourceTree
{
    private const long LargestFile = 32 * 1024 * 1024;

    private readonly string _root = Path.GetFullPath(root);

    public string Revision => _root;

    public Task<IReadOnlyList<TreeEntry>?> TryListAsync(string folder, CancellationToken cancellationToken)
    {
        var directory = new DirectoryInfo(Locate(folder));
        IReadOnlyList<TreeEntry>? entries = directory.Exists && (folder.Trim('/') is "" or "." || directory.LinkTarget is null)
            ? [.. directory.EnumerateFileSystemInfos().Where(info => info.Name != ".git").OrderBy(info => info.Name, StringComparer.Ordinal).Select(info => Entry(info, folder))]
            : null;
        return Task.FromResult(entries);
    }

    public async Task<TreeEntry?> TryFindAsync(string path, CancellationToken cancellationToken)
    {
        var trimmed = path.Trim('/');
        if (trimmed is "" or ".")
        {
            return new TreeEntry("", TreeEntryKind.Folder, _root);
        }

        var slash = trimmed.LastIndexOf('/');
        var entries = await TryListAsync(slash < 0 ? "" : trimmed[..slash], cancellationToken);
        return entries?.FirstOrDefault(entry => entry.Name == trimmed[(slash + 1)..]);
    }

    public async Task<IReadOnlyList<byte[]>> ReadAsync(IReadOnlyList<TreeEntry> files, CancellationToken cancellationToken)
    {
        var contents = new List<byte[]>(files.Count);
        foreach (var file in files)
        {
            contents.Add(file.Kind == TreeEntryKind.Link
                ? Encoding.UTF8.GetBytes(new FileInfo(Locate(file.Path)).LinkTarget ?? "")
                : await ReadAsync(Locate(file.Path), cancellationToken));
        }

        return contents;
    }

    private static Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken) => new FileInfo(path) switch
    {
        { Exists: false } => throw new SourceException($"'{path}' is gone, or no plain file"),
        { Length: > LargestFile } => throw new SourceException($"'{path}' is larger than {LargestFile / (1024 * 1024)} MiB: leave it out of the source"),
        _ => File.ReadAllBytesAsync(path, cancellationToken),
    };

    private static TreeEntry Entry(FileSystemInfo info, string folder)
    {
        var path = folder.Trim('/') is "" or "." ? info.Name : $"{folder.Trim('/')}/{info.Name}";
        var kind = info switch
        {
            { LinkTarget: not null } => TreeEntryKind.Link,
            DirectoryInfo => TreeEntryKind.Folder,
            _ when (info.UnixFileMode & UnixFileMode.UserExecute) != 0 => TreeEntryKind.Executable,
            _ => TreeEntryKind.File,
        };
        var digest = info is FileInfo { LinkTarget: null } file ? $"{file.FullName} {file.Length} {file.LastWriteTimeUtc:O}" : $"{info.FullName} {info.LastWriteTimeUtc:O}";
        return new TreeEntry(path, kind, digest);
    }

    // A path may say '..', and a folder on the way may be a link: neither leads out of the root.
    private string Locate(string path)
    {
        var full = Path.GetFullPath(Path.Combine(_root, path.TrimStart('/')));
        if (full == _root)
        {
            return full;
        }

        if (!full.StartsWith(_root.TrimEnd('/') + "/", StringComparison.Ordinal))
        {
            throw new SourceException($"'{path}' leads outside '{_root}'");
        }

        for (var parent = Path.GetDirectoryName(full)!; parent.Length > _root.Length; parent = Path.GetDirectoryName(parent)!)
        {
            if (new DirectoryInfo(parent).LinkTarget is not null)
            {
                throw new SourceException($"'{path}' leads through the symbolic link '{Path.GetRelativePath(_root, parent)}': name the folder itself");
            }
        }

        return full;
    }
}
