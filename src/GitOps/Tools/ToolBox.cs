using SecretsOps.GitOps.Tools.Confining;

namespace SecretsOps.GitOps.Tools;

/// <summary>The programs that the engine uses, each found once by absolute path.</summary>
internal sealed class ToolBox(string searchPath, TimeProvider clock)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, ExternalTool?> _found = new();

    public ExternalTool Git => Require("git", "Git sources");

    public ExternalTool Helm => Require("helm", "Helm charts");

    public ExternalTool Jq => Require("jq", "ignoreDifferences.jqPathExpressions");

    public string SearchPath => searchPath;

    /// <summary>Bounds a program to the system's files, the folders of PATH and <paramref name="own"/>, without a network.</summary>
    public Confinement Confine(params IReadOnlyList<string> own) =>
        new() { Readable = [.. searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathRooted)], Own = own };

    /// <summary>The program that a plug-in's command names: absolute, relative to where it runs, beside its declaration, or in PATH.</summary>
    public ExternalTool Locate(string command, string ownFolder, string workingDirectory)
    {
        if (command.Contains('/', StringComparison.Ordinal))
        {
            return new ExternalTool(Path.GetFullPath(command, workingDirectory), clock);
        }

        return ExternalTool.TryFind(command, $"{ownFolder}:{searchPath}", clock)
            ?? throw new ToolException($"the program '{command}' is neither in '{ownFolder}' nor in a folder of PATH: install it");
    }

    /// <summary>The program, or null when no folder of PATH has it.</summary>
    public ExternalTool? TryGet(string name) => _found.GetOrAdd(name, static (key, box) => ExternalTool.TryFind(key, box.Item1, box.Item2), (searchPath, clock));

    private ExternalTool Require(string name, string purpose) =>
        TryGet(name) ?? throw new ToolException($"the program '{name}', needed for {purpose}, is in no folder of PATH: install it");
}
