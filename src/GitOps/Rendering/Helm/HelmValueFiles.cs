using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Sources;

namespace SecretsOps.GitOps.Rendering.Helm;

/// <summary>One values file: the tree it lies in and its entry there.</summary>
internal sealed record HelmValueFile(DecryptingTree Tree, TreeEntry Entry);

/// <summary>Resolves <c>helm.valueFiles</c>: paths relative to the chart, <c>/</c> from the root, <c>$ref/…</c> into another source, globs.</summary>
internal sealed class HelmValueFiles(RenderRequest request, BuildEnvironment environment)
{
    /// <summary>The files in the order given; a glob expands in lexical order, and a file named by itself keeps its own place.</summary>
    /// <exception cref="RenderException">A file is missing, outside its repository, or of an unknown ref.</exception>
    public async Task<IReadOnlyList<HelmValueFile>> ResolveAsync(CancellationToken cancellationToken)
    {
        var options = request.Source.Helm ?? [];
        var names = options.TextsAt("valueFiles").Select(ExpandName).ToList();
        var named = names.Where(name => !IsGlob(name)).Select(Locate).ToHashSet();
        var files = new List<HelmValueFile>();
        foreach (var name in names)
        {
            var found = await FindAsync(name, named, cancellationToken);
            if (found.Count == 0 && !IsGlob(name) && !options.FlagAt("ignoreMissingValueFiles"))
            {
                throw new RenderException($"helm.valueFiles: '{name}' does not exist at {request.Revision}; mend the path, or set ignoreMissingValueFiles");
            }

            files.AddRange(found.Where(file => !files.Contains(file)));
        }

        return files;
    }

    /// <summary>One file of <c>helm.fileParameters</c>.</summary>
    /// <exception cref="RenderException">The file is missing, outside its repository, or of an unknown ref.</exception>
    public async Task<HelmValueFile> ResolveParameterAsync(string path, CancellationToken cancellationToken)
    {
        var (tree, located) = Locate(ExpandName(path));
        return await tree.TryFindAsync(located, cancellationToken) is { Kind: not TreeEntryKind.Folder } entry
            ? new(tree, entry)
            : throw new RenderException($"helm.fileParameters: '{path}' does not exist at {request.Revision}");
    }

    private async Task<IReadOnlyList<HelmValueFile>> FindAsync(string name, HashSet<(DecryptingTree Tree, string Path)> named, CancellationToken cancellationToken)
    {
        var (tree, path) = Locate(name);
        if (!IsGlob(name))
        {
            return await tree.TryFindAsync(path, cancellationToken) is { Kind: not TreeEntryKind.Folder } entry ? [new(tree, entry)] : [];
        }

        var root = path[..path.IndexOfAny(['*', '?', '[', '{'])];
        var folder = root.Contains('/', StringComparison.Ordinal) ? root[..root.LastIndexOf('/')] : "";
        var files = await tree.ListFilesAsync(folder, SearchOption.AllDirectories, cancellationToken);
        return [.. files.Where(file => GlobPattern.IsMatch(path, file.Path, GlobSeparator.Folder) && !named.Contains((tree, file.Path))).OrderBy(file => file.Path, StringComparer.Ordinal)
            .Select(file => new HelmValueFile(tree, file))];
    }

    private (DecryptingTree Tree, string Path) Locate(string name)
    {
        if (name.StartsWith('$'))
        {
            var slash = name.IndexOf('/', StringComparison.Ordinal);
            var reference = slash < 0 ? name[1..] : name[1..slash];
            var tree = request.References.GetValueOrDefault(reference)
                ?? throw new RenderException($"helm: '{name}' refers to a source with ref '{reference}', and there is none");
            return (tree, Within(slash < 0 ? "" : name[(slash + 1)..], name, folder: ""));
        }

        return (request.Tree, name.StartsWith('/') ? Within(name[1..], name, folder: "") : Within(name, name, request.Folder));
    }

    private static string Within(string path, string name, string folder) =>
        TreeGuard.TryResolve(folder.Length == 0 ? "x" : $"{folder}/x", path)
            ?? throw new RenderException($"helm: '{name}' lies outside the repository");

    // A leading $ref is a source, not a variable, unless the build environment has the name.
    private string ExpandName(string name)
    {
        var end = name.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? slash : name.Length;
        var isSource = name.StartsWith('$') && !name.StartsWith("${", StringComparison.Ordinal) && !environment.Variables.ContainsKey(name[1..end]);
        return isSource ? name[..end] + environment.Expand(name[end..]) : environment.Expand(name);
    }

    private static bool IsGlob(string name) => name.AsSpan().IndexOfAny("*?[{") >= 0;
}
