using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Sources.Charts;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Rendering.Helm;

/// <summary>Lays the charts that a chart depends on beside it, where <c>helm template</c> looks for them: no helm command goes to a network.</summary>
internal sealed class ChartDependencies(RenderRequest request, MemoryTree folder, ChartStore charts)
{
    private const int DeepestDependency = 8;
    private const string FileScheme = "file://";

    /// <summary>Completes the chart in a folder of the source.</summary>
    /// <exception cref="RenderException">The folder holds no chart, or a dependency cannot be used.</exception>
    /// <exception cref="SourceException">A repository does not answer.</exception>
    public Task AddAsync(string chart, CancellationToken cancellationToken) => AddAsync(chart, chart, 0, cancellationToken);

    private async Task AddAsync(string chart, string target, int depth, CancellationToken cancellationToken)
    {
        if (depth > DeepestDependency)
        {
            throw new RenderException($"'{chart}': dependencies are nested more than {DeepestDependency} deep");
        }

        var description = await ReadAsync(Join(chart, "Chart.yaml"), cancellationToken) ?? throw new RenderException($"'{Join(chart, "Chart.yaml")}' does not exist: the source is no Helm chart");
        var requirements = description["dependencies"] is null ? await ReadAsync(Join(chart, "requirements.yaml"), cancellationToken) ?? [] : description;
        var locked = await ReadAsync(Join(chart, "Chart.lock"), cancellationToken) ?? await ReadAsync(Join(chart, "requirements.lock"), cancellationToken) ?? [];
        var present = await PresentAsync(chart, cancellationToken);
        foreach (var dependency in requirements.ObjectsAt("dependencies"))
        {
            var (name, repository) = (dependency.TextAt("name"), dependency.TextAt("repository"));
            if (repository.Length == 0 || present.Any(entry => entry == name || (entry.StartsWith(name + "-", StringComparison.Ordinal) && entry.EndsWith(".tgz", StringComparison.Ordinal))))
            {
                continue;
            }

            await (repository.StartsWith(FileScheme, StringComparison.Ordinal)
                ? CopyAsync(chart, Join(target, $"charts/{name}"), repository[FileScheme.Length..], depth, cancellationToken)
                : FetchAsync(target, name, repository, VersionOf(dependency, locked), cancellationToken));
        }
    }

    private async Task FetchAsync(string target, string name, string repository, string version, CancellationToken cancellationToken)
    {
        var (exact, package) = await charts.ReadAsync(repository, name, request.Project, version, cancellationToken);
        folder.Replace(Join(target, $"charts/{name}-{exact.Replace('+', '_')}.tgz"), package);
    }

    private async Task CopyAsync(string chart, string target, string path, int depth, CancellationToken cancellationToken)
    {
        var source = TreeGuard.TryResolve(Join(chart, "Chart.yaml"), path)
            ?? throw new RenderException($"'{Join(chart, "Chart.yaml")}': the dependency '{FileScheme}{path}' lies outside the repository");
        await folder.CopyFolderAsync(source, target, cancellationToken);
        await AddAsync(source, target, depth + 1, cancellationToken);
    }

    // What was locked is what is taken, as 'helm dependency build' does; without a lock the newest in range.
    private static string VersionOf(JsonObject dependency, JsonObject locked) =>
        locked.ObjectsAt("dependencies").FirstOrDefault(entry => entry.TextAt("name") == dependency.TextAt("name") && entry.TextAt("repository") == dependency.TextAt("repository")) is { } exact
            ? exact.TextAt("version")
            : dependency["version"]?.ToString() is { Length: > 0 } range ? range : "*";

    private async Task<IReadOnlyList<string>> PresentAsync(string chart, CancellationToken cancellationToken) =>
        [.. (await request.Tree.TryListAsync(Join(chart, "charts"), cancellationToken) ?? []).Select(entry => entry.Name)];

    private async Task<JsonObject?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (await request.Tree.TryFindAsync(path, cancellationToken) is not { Kind: not TreeEntryKind.Folder } file)
        {
            return null;
        }

        try
        {
            var content = (await request.Tree.ReadRawAsync([file], cancellationToken))[0];
            return ManifestReader.ReadDocuments(content, path) is [{ Root: JsonObject root }] ? root : [];
        }
        catch (ManifestException malformed)
        {
            throw new RenderException(malformed.Message, malformed);
        }
    }

    private static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";
}
