using System.Text;

namespace SecretsOps.GitOps.Sources;

/// <summary>One object out of a Git database.</summary>
internal sealed record GitObject(string Id, string Type, byte[] Content)
{
    /// <summary>The tree that a commit names in its first line.</summary>
    public string TreeOfCommit => Header("tree ");

    /// <summary>The object that an annotated tag names in its first line.</summary>
    public string TargetOfTag => Header("object ");

    private volatile ReadFolder? _read;

    /// <summary>Reads a tree: <c>mode SP name NUL id</c>, repeated; ids are 20 or, with SHA-256, 32 bytes. What was read last is kept.</summary>
    public IReadOnlyList<TreeEntry> ReadTree(string folder) => Read(folder).Entries;

    /// <summary>The entry of a tree with a name, or null.</summary>
    public TreeEntry? FindInTree(string folder, string name) => Read(folder).ByName.GetValueOrDefault(name);

    private ReadFolder Read(string folder)
    {
        if (_read is { } known && known.Folder == folder)
        {
            return known;
        }

        var entries = ReadEntries(folder);
        var byName = new Dictionary<string, TreeEntry>(entries.Count, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            byName.TryAdd(entry.Name, entry);
        }

        return _read = new ReadFolder(folder, entries, byName);
    }

    private List<TreeEntry> ReadEntries(string folder)
    {
        var entries = new List<TreeEntry>();
        var idLength = Id.Length / 2;
        var rest = Content.AsSpan();
        while (rest.Length > 0)
        {
            var space = rest.IndexOf((byte)' ');
            var end = rest.IndexOf((byte)0);
            var name = Encoding.UTF8.GetString(rest[(space + 1)..end]);
            var kind = KindOf(rest[..space]);
            var id = Convert.ToHexStringLower(rest.Slice(end + 1, idLength));
            entries.Add(new TreeEntry(folder.Length == 0 ? name : $"{folder}/{name}", kind, id));
            rest = rest[(end + 1 + idLength)..];
        }

        return entries;
    }

    private static TreeEntryKind KindOf(ReadOnlySpan<byte> mode) => Encoding.ASCII.GetString(mode) switch
    {
        "40000" => TreeEntryKind.Folder,
        "120000" => TreeEntryKind.Link,
        "160000" => TreeEntryKind.Submodule,
        "100755" => TreeEntryKind.Executable,
        _ => TreeEntryKind.File,
    };

    private string Header(string name)
    {
        var text = Encoding.ASCII.GetString(Content.AsSpan(0, Math.Min(Content.Length, 128)));
        var line = text.Split('\n')[0];
        return line.StartsWith(name, StringComparison.Ordinal)
            ? line[name.Length..]
            : throw new SourceException($"git object {Id} ({Type}) does not start with '{name.Trim()}'");
    }

    private sealed record ReadFolder(string Folder, IReadOnlyList<TreeEntry> Entries, Dictionary<string, TreeEntry> ByName);
}
