using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Sources;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Rendering.Kustomize;

/// <summary>Finds every file that a kustomization reads, through its bases and components, so that only those are opened.</summary>
internal sealed class KustomizationFiles(DecryptingTree tree)
{
    /// <summary>The names kustomize looks for, in its order.</summary>
    public static readonly IReadOnlyList<string> Names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

    private static readonly string[] PathLists =
    [
        "resources", "bases", "components", "crds", "configurations", "generators", "transformers", "validators", "patchesStrategicMerge",
    ];

    private static readonly string[] PathEntries = ["patches", "patchesJson6902", "replacements"];
    private static readonly string[] Generators = ["configMapGenerator", "secretGenerator"];

    private readonly Dictionary<string, TreeEntry> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _visited = new(StringComparer.Ordinal);

    /// <summary>The kustomization of a folder, or null.</summary>
    public static async Task<TreeEntry?> TryFindAsync(DecryptingTree tree, string folder, CancellationToken cancellationToken)
    {
        foreach (var name in Names)
        {
            if (await tree.TryFindAsync(Join(folder, name), cancellationToken) is { IsFile: true } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>All files that are read, the kustomizations included.</summary>
    /// <exception cref="RenderException">A kustomization cannot be read, or names a path outside the repository.</exception>
    public async Task<IReadOnlyList<TreeEntry>> CollectAsync(string folder, JsonObject? edited, CancellationToken cancellationToken)
    {
        await VisitFolderAsync(folder, edited, cancellationToken);
        return [.. _files.Values];
    }

    /// <summary>Reads a kustomization.</summary>
    /// <exception cref="RenderException">It is not one YAML object.</exception>
    public static async Task<JsonObject> ReadAsync(DecryptingTree tree, TreeEntry file, CancellationToken cancellationToken)
    {
        var content = (await tree.ReadRawAsync([file], cancellationToken))[0];
        try
        {
            return ManifestReader.ReadDocuments(content, file.Path) is [{ Root: JsonObject kustomization }]
                ? kustomization
                : throw new RenderException($"'{file.Path}': expected one YAML object");
        }
        catch (ManifestException malformed)
        {
            throw new RenderException(malformed.Message, malformed);
        }
    }

    private async Task VisitFolderAsync(string folder, JsonObject? edited, CancellationToken cancellationToken)
    {
        if (!_visited.Add(folder))
        {
            return;
        }

        var file = await TryFindAsync(tree, folder, cancellationToken)
            ?? throw new RenderException($"'{folder}' holds no {string.Join(", ", Names)}");
        _files[file.Path] = file;
        var kustomization = edited ?? await ReadAsync(tree, file, cancellationToken);
        foreach (var path in Paths(kustomization))
        {
            await VisitAsync(folder, path, cancellationToken);
        }

        foreach (var chart in ChartFolders(kustomization))
        {
            await AddFolderAsync(folder, chart, cancellationToken);
        }
    }

    private async Task VisitAsync(string folder, string path, CancellationToken cancellationToken)
    {
        if (IsRemoteOrInline(path))
        {
            return;
        }

        var target = TreeGuard.TryResolve(Join(folder, "x"), path)
            ?? throw new RenderException($"the kustomization in '{folder}' names '{path}', outside the repository");
        switch (await tree.TryFindAsync(target, cancellationToken))
        {
            case { Kind: TreeEntryKind.Folder } inner:
                await VisitFolderAsync(inner.Path, edited: null, cancellationToken);
                break;
            case { Kind: TreeEntryKind.File or TreeEntryKind.Executable or TreeEntryKind.Link } file:
                _files[file.Path] = file;
                break;
            default:
                // Kustomize says what is missing, in words its users know.
                break;
        }
    }

    private async Task AddFolderAsync(string folder, string path, CancellationToken cancellationToken)
    {
        if (TreeGuard.TryResolve(Join(folder, "x"), path) is { } target)
        {
            foreach (var file in await tree.ListFilesAsync(target, SearchOption.AllDirectories, cancellationToken))
            {
                _files[file.Path] = file;
            }
        }
    }

    private static IEnumerable<string> Paths(JsonObject kustomization) =>
        PathLists.SelectMany(kustomization.TextsAt)
            .Concat(PathEntries.SelectMany(kustomization.ObjectsAt).Select(entry => entry.TextAt("path")))
            .Concat(Generators.SelectMany(kustomization.ObjectsAt).SelectMany(GeneratorPaths))
            .Concat(kustomization.ObjectsAt("helmCharts").SelectMany(chart => chart.TextsAt("additionalValuesFiles").Append(chart.TextAt("valuesFile"))))
            .Append((kustomization["openapi"] as JsonObject)?.TextAt("path") ?? "")
            .Where(path => path.Length > 0);

    private static IEnumerable<string> GeneratorPaths(JsonObject generator) =>
        generator.TextsAt("files").Select(file => file[(file.IndexOf('=', StringComparison.Ordinal) + 1)..])
            .Concat(generator.TextsAt("envs"))
            .Append(generator.TextAt("env"));

    private static IEnumerable<string> ChartFolders(JsonObject kustomization) =>
        kustomization["helmCharts"] is JsonArray { Count: > 0 }
            ? [(kustomization["helmGlobals"] as JsonObject)?.TextAt("chartHome") is { Length: > 0 } home ? home : "charts"]
            : [];

    // A patch may stand inline; a URL or host/org/repo is fetched by kustomize itself.
    private static bool IsRemoteOrInline(string path) =>
        path.Contains('\n', StringComparison.Ordinal) ||
        path.Contains("://", StringComparison.Ordinal) ||
        path.StartsWith("git@", StringComparison.Ordinal) ||
        path.StartsWith("github.com/", StringComparison.Ordinal);

    private static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";
}
