using SecretsOps.Sops.Stores;

namespace SecretsOps.Sops.Configuration;

/// <summary>A <c>.sops.yaml</c>.</summary>
public sealed record SopsConfig
{
    /// <summary>Its name.</summary>
    public const string FileName = ".sops.yaml";

    // sops gives up above this many parent directories.
    private const int MaxLevels = 100;

    /// <summary>Where it was read from.</summary>
    public required string Path { get; init; }

    /// <summary>The rules in order; null when the file has none at all.</summary>
    public IReadOnlyList<CreationRule>? CreationRules { get; init; }

    /// <summary>Where files are published to.</summary>
    public IReadOnlyList<DestinationRule> DestinationRules { get; init; } = [];

    /// <summary>Indentation per format.</summary>
    public StoreOptions Stores { get; init; } = new();

    /// <summary>Keys that mean nothing here, each with line and column: sops ignores them, strict readers refuse.</summary>
    public IReadOnlyList<string> UnknownKeys { get; init; } = [];

    /// <summary>The path of the nearest configuration in <paramref name="directory"/> or above it, or null.</summary>
    public static string? Find(string directory, Action<string>? warn = null)
    {
        var current = directory;
        for (var level = 0; level < MaxLevels && current is not null; level++)
        {
            var path = System.IO.Path.Combine(current, FileName);
            if (File.Exists(path))
            {
                return path;
            }

            var wrongName = System.IO.Path.Combine(current, ".sops.yml");
            if (File.Exists(wrongName))
            {
                warn?.Invoke($"ignoring \"{wrongName}\" when searching for config file; the config file must be called \"{FileName}\"");
            }

            current = System.IO.Path.GetDirectoryName(current);
        }

        return null;
    }

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="SopsException">The file cannot be read or is not in the form.</exception>
    public static SopsConfig Load(string path)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SopsException(SopsExitCode.Generic, $"error loading config: could not read config file '{path}': {failure.Message}", failure);
        }

        return Parse(content, path);
    }

    /// <summary>Reads a configuration from text.</summary>
    /// <exception cref="SopsException">The text is not in the form.</exception>
    public static SopsConfig Parse(ReadOnlySpan<byte> content, string path) => new ConfigReader(path).Read(content);

    /// <summary>The first rule for a file, or null when the configuration has no rules at all.</summary>
    /// <exception cref="SopsException">No rule matches, an expression does not compile, or the rule selects in two ways.</exception>
    public CreationRule? RuleFor(string filePath)
    {
        if (CreationRules is null)
        {
            return null;
        }

        var relative = RelativePath(filePath);
        foreach (var rule in CreationRules)
        {
            if (Matches(rule.PathRegex, relative))
            {
                return rule.Selections.Count <= 1 ? rule : throw new SopsException(
                    SopsExitCode.Generic,
                    "error loading config: cannot use more than one of encrypted_suffix, unencrypted_suffix, encrypted_regex, unencrypted_regex, encrypted_comment_regex, or unencrypted_comment_regex for the same rule");
            }
        }

        throw new SopsException(SopsExitCode.Generic, "error loading config: no matching creation rules found");
    }

    /// <summary>The first destination for a path as it was typed, or null.</summary>
    public DestinationRule? DestinationFor(string path) => DestinationRules.FirstOrDefault(rule => Matches(rule.PathRegex, path));

    /// <summary>The path without this configuration's directory; absolute when it lies outside. Always with forward slashes.</summary>
    public string RelativePath(string filePath)
    {
        var root = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        var prefix = root.EndsWith(System.IO.Path.DirectorySeparatorChar) ? root : root + System.IO.Path.DirectorySeparatorChar;
        var relative = filePath.StartsWith(prefix, StringComparison.Ordinal) ? filePath[prefix.Length..] : filePath;
        return System.IO.Path.DirectorySeparatorChar == '\\' ? relative.Replace('\\', '/') : relative;
    }

    private static bool Matches(string expression, string path)
    {
        if (expression.Length == 0)
        {
            return true;
        }

        return Re2Pattern.TryCompile(expression, out var pattern, out var reason)
            ? pattern.IsMatch(path)
            : throw new SopsException(SopsExitCode.Generic, $"error loading config: can not compile regexp: {reason}");
    }
}
