namespace SecretsOps.Cli.Rendering;

/// <summary>A folder to render and the root that its files may name each other from.</summary>
/// <param name="Root">Absolute path of the repository, or of the folder itself.</param>
/// <param name="Folder">The folder below the root, with slashes; empty for the root.</param>
internal sealed record SourceFolder(string Root, string Folder)
{
    /// <summary>Finds the root: the one given, else what Argo CD's plug-in contract tells, else the repository around the folder, else the folder.</summary>
    /// <exception cref="CliException">The folder does not exist or lies outside of the root given.</exception>
    internal static SourceFolder Find(string path, string givenRoot, CliEnvironment environment)
    {
        var full = environment.PathOf(path).TrimEnd('/');
        if (!Directory.Exists(full))
        {
            throw new CliException($"'{path}' is no folder", "name the folder that holds the manifests, the kustomization or the chart");
        }

        var root = givenRoot.Length > 0 ? environment.PathOf(givenRoot).TrimEnd('/') : FromContract(full, environment) ?? Repository(full) ?? full;
        if (full != root && !full.StartsWith(root + "/", StringComparison.Ordinal))
        {
            throw new CliException($"'{path}' is not below --root '{givenRoot}'", exitCode: CliExitCode.Usage);
        }

        return new SourceFolder(root, full == root ? "" : full[(root.Length + 1)..]);
    }

    private static string? FromContract(string folder, CliEnvironment environment)
    {
        var path = (environment.Variable("ARGOCD_APP_SOURCE_PATH") ?? "").Trim('/');
        return path is not ("" or ".") && folder.EndsWith("/" + path, StringComparison.Ordinal) ? folder[..^(path.Length + 1)] : null;
    }

    private static string? Repository(string folder)
    {
        for (var candidate = folder; candidate is { Length: > 1 }; candidate = Path.GetDirectoryName(candidate))
        {
            if (Path.Exists(Path.Combine(candidate, ".git")))
            {
                return candidate;
            }
        }

        return null;
    }
}
