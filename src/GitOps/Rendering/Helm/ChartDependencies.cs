using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Sources;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Rendering.Helm;

/// <summary>The dependencies that a chart names: folders of the same repository, and repositories to be fetched from.</summary>
internal sealed record ChartDependencies(IReadOnlyList<string> Folders, IReadOnlyList<string> Repositories)
{
    private const string FileScheme = "file://";

    /// <summary>Reads <c>Chart.yaml</c> of a folder.</summary>
    /// <exception cref="RenderException">The folder holds no chart, or the file cannot be read.</exception>
    public static async Task<ChartDependencies> ReadAsync(DecryptingTree tree, string folder, CancellationToken cancellationToken)
    {
        var path = folder.Length == 0 ? "Chart.yaml" : $"{folder}/Chart.yaml";
        var file = await tree.TryFindAsync(path, cancellationToken) ?? throw new RenderException($"'{path}' does not exist: the source is no Helm chart");
        var content = (await tree.ReadRawAsync([file], cancellationToken))[0];
        try
        {
            var chart = ManifestReader.ReadDocuments(content, path) is [{ Root: JsonObject root }] ? root : [];
            return From([.. chart.ObjectsAt("dependencies").Select(dependency => dependency.TextAt("repository"))], path);
        }
        catch (ManifestException malformed)
        {
            throw new RenderException(malformed.Message, malformed);
        }
    }

    private static ChartDependencies From(IReadOnlyList<string> repositories, string chartPath) => new(
        [.. repositories.Where(repository => repository.StartsWith(FileScheme, StringComparison.Ordinal))
            .Select(repository => TreeGuard.TryResolve(chartPath, repository[FileScheme.Length..])
                ?? throw new RenderException($"'{chartPath}': the dependency '{repository}' lies outside the repository"))],
        [.. repositories.Where(repository => repository.StartsWith("http", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)]);
}
