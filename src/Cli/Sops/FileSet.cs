using System.IO.Enumeration;
using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary>Turns arguments into files: names, globs (<c>*</c>, <c>?</c>, <c>**</c>), and whole directories when asked to.</summary>
internal static class FileSet
{
    private static readonly string[] Skipped = [".git", "node_modules"];

    /// <exception cref="SopsException">A name is neither a file nor a glob that finds one.</exception>
    public static IReadOnlyList<string> Expand(CliEnvironment environment, IReadOnlyList<string> arguments, bool isRecursive)
    {
        var files = new List<string>();
        foreach (var argument in arguments)
        {
            var path = environment.PathOf(argument);
            if (File.Exists(path))
            {
                files.Add(path);
            }
            else if (Directory.Exists(path))
            {
                files.AddRange(isRecursive ? Below(path) : throw new SopsException(SopsExitCode.Generic, $"'{argument}' is a directory: use --recursive to take what is below it"));
            }
            else
            {
                files.AddRange(Glob(environment, argument));
            }
        }

        return [.. files.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Every file below a directory, but not in Git's own.</summary>
    public static IEnumerable<string> Below(string directory)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(directory).Order(StringComparer.Ordinal))
        {
            if (!Directory.Exists(entry))
            {
                yield return entry;
                continue;
            }

            var isLink = (File.GetAttributes(entry) & FileAttributes.ReparsePoint) != 0;
            foreach (var file in isLink || Skipped.Contains(Path.GetFileName(entry), StringComparer.Ordinal) ? [] : Below(entry))
            {
                yield return file;
            }
        }
    }

    private static List<string> Glob(CliEnvironment environment, string pattern)
    {
        var wild = pattern.AsSpan().IndexOfAny('*', '?');
        var cut = wild < 0 ? -1 : pattern.LastIndexOf('/', wild);
        var root = environment.PathOf(cut < 0 ? "." : pattern[..(cut + 1)]);
        var parts = wild < 0 ? [] : pattern[(cut + 1)..].Split('/');
        var found = parts.Length > 0 && Directory.Exists(root)
            ? Below(root).Where(file => Matches(Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar), 0, parts, 0)).ToList()
            : [];
        return found.Count > 0 ? found : throw new SopsException(SopsExitCode.NoFile, $"cannot operate on non-existent file \"{environment.PathOf(pattern)}\"");
    }

    private static bool Matches(string[] path, int at, string[] pattern, int part)
    {
        if (part == pattern.Length)
        {
            return at == path.Length;
        }

        if (pattern[part] == "**")
        {
            return Enumerable.Range(at, path.Length - at + 1).Any(next => Matches(path, next, pattern, part + 1));
        }

        return at < path.Length && FileSystemName.MatchesSimpleExpression(pattern[part], path[at], ignoreCase: false) && Matches(path, at + 1, pattern, part + 1);
    }
}
