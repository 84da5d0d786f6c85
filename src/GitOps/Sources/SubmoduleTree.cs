using System.Collections.Concurrent;
using System.Text;

namespace SecretsOps.GitOps.Sources;

/// <summary>A commit's tree whose submodules are folders: each is opened when somebody looks into it, at the commit that the tree names.</summary>
internal sealed class SubmoduleTree(ISourceTree tree, IReadOnlyDictionary<string, string> addresses, Func<string, string, CancellationToken, Task<ISourceTree>> open) : ISourceTree
{
    private const string Description = ".gitmodules";

    private readonly ConcurrentDictionary<string, Task<ISourceTree>> _opened = new(StringComparer.Ordinal);

    public string Revision => tree.Revision;

    /// <summary>The tree itself where it describes no submodules, else one that follows them.</summary>
    /// <exception cref="SourceException">A submodule's address may not be followed from here.</exception>
    public static async Task<ISourceTree> WrapAsync(ISourceTree tree, string parentUrl, Func<string, string, CancellationToken, Task<ISourceTree>> open, CancellationToken cancellationToken)
    {
        if (await tree.TryFindAsync(Description, cancellationToken) is not { IsFile: true } file)
        {
            return tree;
        }

        var addresses = Read(Encoding.UTF8.GetString((await tree.ReadAsync([file], cancellationToken))[0]), parentUrl);
        return addresses.Count == 0 ? tree : new SubmoduleTree(tree, addresses, open);
    }

    public async Task<IReadOnlyList<TreeEntry>?> TryListAsync(string folder, CancellationToken cancellationToken)
    {
        var path = folder.Trim('/') is "." ? "" : folder.Trim('/');
        if (MountOf(path) is { } mount)
        {
            var inside = await OpenAsync(mount, cancellationToken);
            var listed = inside is null ? null : await inside.TryListAsync(Below(mount, path), cancellationToken);
            return listed is null ? null : [.. listed.Select(entry => entry with { Path = $"{mount}/{entry.Path}" })];
        }

        var entries = await tree.TryListAsync(path, cancellationToken);
        return entries is null ? null : [.. entries.Select(AsFolder)];
    }

    public async Task<TreeEntry?> TryFindAsync(string path, CancellationToken cancellationToken)
    {
        var clean = path.Trim('/');
        if (MountOf(clean) is not { } mount || clean == mount)
        {
            return await tree.TryFindAsync(clean, cancellationToken) is { } entry ? AsFolder(entry) : null;
        }

        var inside = await OpenAsync(mount, cancellationToken);
        var found = inside is null ? null : await inside.TryFindAsync(Below(mount, clean), cancellationToken);
        return found is null ? null : found with { Path = $"{mount}/{found.Path}" };
    }

    public async Task<IReadOnlyList<byte[]>> ReadAsync(IReadOnlyList<TreeEntry> files, CancellationToken cancellationToken)
    {
        var contents = new byte[files.Count][];
        foreach (var group in files.Select((file, index) => (File: file, Index: index, Mount: MountOf(file.Path) ?? "")).GroupBy(entry => entry.Mount, StringComparer.Ordinal))
        {
            var source = group.Key.Length == 0 ? tree : await OpenAsync(group.Key, cancellationToken) ?? tree;
            var read = await source.ReadAsync([.. group.Select(entry => group.Key.Length == 0 ? entry.File : entry.File with { Path = Below(group.Key, entry.File.Path) })], cancellationToken);
            foreach (var (entry, content) in group.Zip(read))
            {
                contents[entry.Index] = content;
            }
        }

        return contents;
    }

    private static Dictionary<string, string> Read(string text, string parentUrl)
    {
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal);
        var (path, url) = ("", "");
        foreach (var line in text.Split('\n').Append("[end]").Select(line => line.Trim()))
        {
            if (line.StartsWith('['))
            {
                if (path.Length > 0 && url.Length > 0)
                {
                    addresses[path.Trim('/')] = Resolve(url, parentUrl);
                }

                (path, url) = ("", "");
            }
            else if (line.Split('=', 2, StringSplitOptions.TrimEntries) is [var name, var value])
            {
                (path, url) = name switch { "path" => (value, url), "url" => (path, value), _ => (path, url) };
            }
        }

        return addresses;
    }

    // A relative address starts at the parent's own. A repository from elsewhere must not make this machine's files readable.
    private static string Resolve(string url, string parentUrl)
    {
        var resolved = url;
        if (url.StartsWith("./", StringComparison.Ordinal) || url.StartsWith("../", StringComparison.Ordinal))
        {
            resolved = parentUrl.TrimEnd('/');
            foreach (var segment in url.Split('/').Where(segment => segment is not ("" or ".")))
            {
                resolved = segment == ".." ? resolved[..Math.Max(resolved.LastIndexOfAny(['/', ':']), 0)] : $"{resolved}/{segment}";
            }
        }

        RepositoryUrl.Validate(resolved);
        var isLocal = resolved.StartsWith('/') || resolved.StartsWith("file:", StringComparison.OrdinalIgnoreCase) || resolved.StartsWith('.');
        var isParentLocal = parentUrl.StartsWith('/') || parentUrl.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
        return !isLocal || isParentLocal
            ? resolved
            : throw new SourceException($"repository '{RepositoryUrl.Redact(parentUrl)}': the submodule '{url}' lies on this machine: write an https or ssh address into {Description}");
    }

    private TreeEntry AsFolder(TreeEntry entry) =>
        entry.Kind == TreeEntryKind.Submodule && addresses.ContainsKey(entry.Path) ? entry with { Kind = TreeEntryKind.Folder } : entry;

    private string? MountOf(string path) => addresses.Keys.FirstOrDefault(mount => path == mount || path.StartsWith(mount + "/", StringComparison.Ordinal));

    private static string Below(string mount, string path) => path.Length == mount.Length ? "" : path[(mount.Length + 1)..];

    private async Task<ISourceTree?> OpenAsync(string mount, CancellationToken cancellationToken)
    {
        if (await tree.TryFindAsync(mount, cancellationToken) is not { Kind: TreeEntryKind.Submodule } entry)
        {
            return null; // described, and not there at this commit
        }

        var opening = _opened.GetOrAdd(mount, key => open(addresses[key], entry.Digest, CancellationToken.None));
        try
        {
            return await opening.WaitAsync(cancellationToken);
        }
        catch (SourceException exception)
        {
            _opened.TryRemove(mount, out _);
            throw new SourceException($"submodule '{mount}': {exception.Message}", exception) { IsUnreachable = exception.IsUnreachable };
        }
    }
}
