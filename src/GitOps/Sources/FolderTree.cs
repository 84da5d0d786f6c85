using System.Security.Cryptography;
using System.Text;

namespace SecretsOps.GitOps.Sources;

/// <summary>A folder of the machine as a source: what <c>render</c> and <c>plan</c> read when they get a path.</summary>
internal sealed class FolderTree(string root) : ISourceTree
{
    private readonly string _root = Path.GetFullPath(root);

    public string Revision => _root;

    public Task<IReadOnlyList<TreeEntry>?> TryListAsync(string folder, CancellationToken cancellationToken)
    {
        var directory = new DirectoryInfo(Locate(folder));
        IReadOnlyList<TreeEntry>? entries = directory.Exists
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
                : await File.ReadAllBytesAsync(Locate(file.Path), cancellationToken));
        }

        return contents;
    }

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
        var digest = info is FileInfo { LinkTarget: null } file
            ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file.FullName)))
            : $"{info.FullName} {info.LastWriteTimeUtc:O}";
        return new TreeEntry(path, kind, digest);
    }

    // Links inside were checked by the tree guard; a path of the caller may still say '..'.
    private string Locate(string path)
    {
        var full = Path.GetFullPath(Path.Combine(_root, path.TrimStart('/')));
        return full == _root || full.StartsWith(_root.TrimEnd('/') + "/", StringComparison.Ordinal)
            ? full
            : throw new SourceException($"'{path}' leads outside '{_root}'");
    }
}
