using System.Text;

namespace SecretsOps.GitOps.Sources;

/// <summary>One object out of a Git database.</summary>
internal sealed record GitObject(string Id, string Type, byte[] Content)
{
    /// <summary>The tree that a commit names in its first line.</summary>
    public string TreeOfCommit => Header("tree ");

    /// <summary>The object that an annotated tag names in its first line.</summary>
    public string TargetOfTag => Header("object ");

    /// <summary>Reads a tree: <c>mode SP name NUL id</c>, repeated; ids are 20 or, with SHA-256, 32 bytes.</summary>
    public GitFolder ReadTree()
    {
        var names = new OrderedDictionary<string, (TreeEntryKind Kind, string Id)>(StringComparer.Ordinal);
        var idLength = Id.Length / 2;
        var rest = Content.AsSpan();
        while (rest.Length > 0)
        {
            var space = rest.IndexOf((byte)' ');
            var end = rest.IndexOf((byte)0);
            var name = Encoding.UTF8.GetString(rest[(space + 1)..end]);
            names[name] = (KindOf(rest[..space]), Convert.ToHexStringLower(rest.Slice(end + 1, idLength)));
            rest = rest[(end + 1 + idLength)..];
        }

        return new GitFolder(names);
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
}

/// <summary>The names of one tree of Git, read once for every commit and path that holds it.</summary>
internal sealed class GitFolder(OrderedDictionary<string, (TreeEntryKind Kind, string Id)> names)
{
    /// <summary>One name, under the path that the folder has here; or null.</summary>
    public TreeEntry? TryFind(string folder, string name) => names.TryGetValue(name, out var found) ? Entry(folder, name, found) : null;

    /// <summary>Every name, in Git's order.</summary>
    public IReadOnlyList<TreeEntry> List(string folder) => [.. names.Select(entry => Entry(folder, entry.Key, entry.Value))];

    private static TreeEntry Entry(string folder, string name, (TreeEntryKind Kind, string Id) found) =>
        new(folder.Length == 0 ? name : $"{folder}/{name}", found.Kind, found.Id);
}
