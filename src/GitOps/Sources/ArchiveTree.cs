using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace SecretsOps.GitOps.Sources;

/// <summary>A packed archive (<c>.tar.gz</c>) as a source: a chart, or an OCI artifact; unpacked in memory, never on disk.</summary>
internal sealed class ArchiveTree : ISourceTree
{
    private const int MostFiles = 20_000;
    private const long MostBytes = 256L * 1024 * 1024;

    private readonly Dictionary<string, byte[]> _contents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TreeEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<TreeEntry>> _folders = new(StringComparer.Ordinal) { [""] = [] };

    private ArchiveTree(string revision) => Revision = revision;

    public string Revision { get; }

    /// <summary>Unpacks an archive; a chart's own folder, in which everything lies, is left out of the paths.</summary>
    /// <exception cref="SourceException">The archive is broken, too large, or a path in it leads outside.</exception>
    public static ArchiveTree Read(string revision, ReadOnlyMemory<byte> packed, ArchiveRoot root)
    {
        var tree = new ArchiveTree(revision);
        try
        {
            using var unpacked = new GZipStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
            using var reader = new TarReader(unpacked);
            tree.Read(reader, root);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or FormatException)
        {
            throw new SourceException($"the archive of {revision} cannot be unpacked: {exception.Message}", exception);
        }

        tree.CloseFolders(Convert.ToHexStringLower(SHA256.HashData(packed.Span)));
        return tree;
    }

    public Task<IReadOnlyList<TreeEntry>?> TryListAsync(string folder, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<TreeEntry>?>(_folders.GetValueOrDefault(Clean(folder)));

    public Task<TreeEntry?> TryFindAsync(string path, CancellationToken cancellationToken) => Task.FromResult(_entries.GetValueOrDefault(Clean(path)));

    public Task<IReadOnlyList<byte[]>> ReadAsync(IReadOnlyList<TreeEntry> files, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<byte[]>>([.. files.Select(file => _contents.GetValueOrDefault(file.Path) ?? throw new SourceException($"'{file.Path}' is not in {Revision}"))]);

    private void Read(TarReader reader, ArchiveRoot root)
    {
        var total = 0L;
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.SymbolicLink))
            {
                continue;
            }

            total += entry.Length;
            if (total > MostBytes || _contents.Count >= MostFiles)
            {
                throw new SourceException($"the archive of {Revision} holds more than {MostFiles} files or {MostBytes / (1024 * 1024)} MiB");
            }

            if (PathOf(entry.Name, root) is { Length: > 0 } path)
            {
                Add(path, entry);
            }
        }
    }

    private string PathOf(string name, ArchiveRoot root)
    {
        var segments = name.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries).Where(segment => segment != ".").ToList();
        if (name.StartsWith('/') || segments.Contains(".."))
        {
            throw new SourceException($"the archive of {Revision} holds the path '{name}', which leads outside of it");
        }

        return string.Join('/', root == ArchiveRoot.OneFolder ? segments.Skip(1) : segments);
    }

    private void Add(string path, TarEntry entry)
    {
        var isLink = entry.EntryType == TarEntryType.SymbolicLink;
        using var content = new MemoryStream();
        entry.DataStream?.CopyTo(content);
        _contents[path] = isLink ? Encoding.UTF8.GetBytes(entry.LinkName) : content.ToArray();
        var kind = isLink ? TreeEntryKind.Link : entry.Mode.HasFlag(UnixFileMode.UserExecute) ? TreeEntryKind.Executable : TreeEntryKind.File;
        _entries[path] = new TreeEntry(path, kind, Convert.ToHexStringLower(SHA256.HashData(_contents[path])));
    }

    private void CloseFolders(string digest)
    {
        foreach (var entry in _entries.Values.ToList())
        {
            for (var path = entry.Path; path.Length > 0; path = Parent(path))
            {
                Member(Parent(path)).Add(_entries.GetValueOrDefault(path) ?? new TreeEntry(path, TreeEntryKind.Folder, ""));
            }
        }

        // A folder's digest names the archive: whatever changes in it, everything is looked at again.
        foreach (var (folder, members) in _folders.ToList())
        {
            _folders[folder] = [.. members.DistinctBy(member => member.Path).Select(member => member.Kind == TreeEntryKind.Folder ? member with { Digest = $"{digest}:{member.Path}" } : member).OrderBy(member => member.Name, StringComparer.Ordinal)];
            _entries[folder] = new TreeEntry(folder, TreeEntryKind.Folder, $"{digest}:{folder}");
        }
    }

    private List<TreeEntry> Member(string folder)
    {
        if (!_folders.TryGetValue(folder, out var members))
        {
            _folders[folder] = members = [];
        }

        return members;
    }

    private static string Parent(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";

    private static string Clean(string path) => string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(segment => segment != "."));
}

/// <summary>Where the paths of an archive begin.</summary>
internal enum ArchiveRoot
{
    /// <summary>At its root.</summary>
    Root,

    /// <summary>Below the one folder that everything lies in, as in a chart's package.</summary>
    OneFolder,
}
