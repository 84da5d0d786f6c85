using SecretsOps.GitOps.Applications;

namespace SecretsOps.GitOps.Webhooks;

/// <summary>Which Applications a push may concern: by <c>manifest-generate-paths</c> where it is set, else by the folder of the source.</summary>
internal static class ConcernedApplications
{
    /// <summary>Whether a source of the Application may render differently after these files changed; without a list of files always.</summary>
    /// <remarks>Only an order of work: every Application of the repository is looked at, and the trace of what it really read decides.</remarks>
    public static bool MayConcern(Application application, Func<string, bool> isRepository, IReadOnlyList<string>? files) =>
        application.Sources.Any(source => isRepository(source.RepoUrl) && (files is null || files.Any(file => MayConcern(application, source, file))));

    private static bool MayConcern(Application application, ApplicationSource source, string file)
    {
        var paths = application.Object.Annotation(Annotations.ManifestGeneratePaths)?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return paths is { Length: > 0 } ? paths.Any(path => Matches(Absolute(path, source.Path), file)) : source.Ref.Length > 0 || Matches(source.Path.Trim('/'), file);
    }

    // A leading slash counts from the root of the repository, anything else from the folder of the source.
    private static string Absolute(string path, string folder)
    {
        var segments = new List<string>();
        foreach (var segment in (path.StartsWith('/') ? path : $"{folder}/{path}").Split('/', StringSplitOptions.RemoveEmptyEntries).Where(segment => segment != "."))
        {
            if (segment != "..")
            {
                segments.Add(segment);
            }
            else if (segments.Count > 0)
            {
                segments.RemoveAt(segments.Count - 1);
            }
        }

        return string.Join('/', segments);
    }

    private static bool Matches(string pattern, string file) =>
        pattern is "" or "." || file == pattern || file.StartsWith(pattern + "/", StringComparison.Ordinal)
        || (pattern.AsSpan().IndexOfAny("*?[") >= 0 && GlobPattern.IsMatch(pattern, file, GlobSeparator.Slash));
}
