using System.Text.RegularExpressions;

namespace SecretsOps.Cli.Sealing;

/// <summary>Expands what the user named: files as they are, directories to the manifests below them, patterns to what fits.</summary>
internal static class ManifestFiles
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>Absolute paths, each with the path below the directory it was found under.</summary>
    /// <exception cref="CliException">A path names nothing.</exception>
    internal static IReadOnlyList<(string Path, string Relative)> Expand(IEnumerable<string> paths, CliEnvironment environment)
    {
        var files = new List<(string, string)>();
        foreach (var path in paths)
        {
            var absolute = environment.PathOf(path);
            if (Directory.Exists(absolute))
            {
                files.AddRange(Below(absolute).Select(file => (file, Path.GetRelativePath(absolute, file))));
            }
            else if (File.Exists(absolute))
            {
                files.Add((absolute, Path.GetFileName(absolute)));
            }
            else
            {
                files.AddRange(Matching(path, environment));
            }
        }

        return [.. files.DistinctBy(file => file.Item1)];
    }

    private static (string, string)[] Matching(string pattern, CliEnvironment environment)
    {
        var wildcard = pattern.AsSpan().IndexOfAny('*', '?');
        if (wildcard < 0)
        {
            throw new CliException($"'{pattern}' does not exist");
        }

        var root = environment.PathOf(pattern[..(pattern.LastIndexOf('/', wildcard) + 1)] is { Length: > 0 } given ? given : ".");
        var expression = new Regex(ToExpression(pattern[(pattern.LastIndexOf('/', wildcard) + 1)..]), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        var found = Directory.Exists(root)
            ? Below(root).Select(file => (file, Path.GetRelativePath(root, file))).Where(file => expression.IsMatch(file.Item2.Replace('\\', '/'))).ToArray()
            : [];
        return found.Length > 0 ? found : throw new CliException($"no file fits '{pattern}'");
    }

    private static string ToExpression(string pattern) =>
        "^" + Regex.Escape(pattern).Replace(@"\*\*/", "(.*/)?", StringComparison.Ordinal).Replace(@"\*\*", ".*", StringComparison.Ordinal)
            .Replace(@"\*", "[^/]*", StringComparison.Ordinal).Replace(@"\?", "[^/]", StringComparison.Ordinal) + "$";

    private static IEnumerable<string> Below(string directory)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint };
        return Directory.EnumerateFiles(directory, "*", options)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal);
    }
}
