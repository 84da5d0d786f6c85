using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Tools;

namespace SecretsOps.GitOps.Rendering.Plugin;

/// <summary>The plug-ins declared below one folder, each in a folder of its own, read anew for every rendering so that changes count at once.</summary>
internal sealed class PluginCatalog(string root, ToolBox tools)
{
    private static readonly IReadOnlyList<PluginDeclaration> None = [];

    /// <summary>The first plug-in, in the order of folder names, that recognises a source by its files; null when none does.</summary>
    /// <exception cref="RenderException">A declaration cannot be read.</exception>
    public async Task<PluginDeclaration?> DiscoverAsync(RenderRequest request, CancellationToken cancellationToken)
    {
        foreach (var plugin in All().Where(plugin => plugin.Discovery is not null))
        {
            if (await RecognisesAsync(plugin, request, cancellationToken))
            {
                return plugin;
            }
        }

        return null;
    }

    /// <summary>The plug-in that <c>spec.source.plugin</c> names; without a name the one that recognises the source.</summary>
    /// <exception cref="RenderException">There is none, or the one named does not recognise the source.</exception>
    public async Task<PluginDeclaration> SelectAsync(RenderRequest request, CancellationToken cancellationToken)
    {
        var name = request.Source.Plugin?.TextAt("name") ?? "";
        if (name.Length == 0)
        {
            return await DiscoverAsync(request, cancellationToken)
                ?? throw new RenderException($"{request.Source.Path}: no plug-in recognises this source: name one in spec.source.plugin.name");
        }

        var plugin = All().FirstOrDefault(candidate => candidate.FullName == name)
            ?? throw new RenderException($"{request.Source.Path}: plugin '{name}' is not installed{Known()}");
        return plugin.Discovery is null || await RecognisesAsync(plugin, request, cancellationToken)
            ? plugin
            : throw new RenderException($"{request.Source.Path}: plugin '{name}' does not recognise this source by its spec.discover");
    }

    private Task<bool> RecognisesAsync(PluginDeclaration plugin, RenderRequest request, CancellationToken cancellationToken)
    {
        var discover = plugin.Discovery!;
        var find = discover["find"] as JsonObject ?? [];
        return discover.TextAt("fileName") is { Length: > 0 } fileName ? HasFileAsync(request, fileName, cancellationToken)
            : find.TextAt("glob") is { Length: > 0 } glob ? HasFileAsync(request, glob, cancellationToken)
            : PluginCommand.Read(find) is { } command ? AnswersAsync(plugin, command, request, cancellationToken)
            : Task.FromResult(false);
    }

    private static async Task<bool> HasFileAsync(RenderRequest request, string pattern, CancellationToken cancellationToken)
    {
        var relative = pattern.StartsWith("./", StringComparison.Ordinal) ? pattern[2..] : pattern;
        var depth = relative.Contains('/', StringComparison.Ordinal) || relative.Contains("**", StringComparison.Ordinal) ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly;
        var prefix = request.Folder.Length == 0 ? 0 : request.Folder.Length + 1;
        var files = await request.Tree.ListFilesAsync(request.Folder, depth, cancellationToken);
        string[] patterns = [relative, relative.Replace("**/", "", StringComparison.Ordinal)]; // two stars may stand for no folder at all
        return files.Any(file => patterns.Any(pattern => GlobPattern.IsMatch(pattern, file.Path[prefix..], GlobSeparator.Folder)));
    }

    // Compatibility: run in the source's own folder; recognised when it ends well and printed something.
    private async Task<bool> AnswersAsync(PluginDeclaration plugin, PluginCommand command, RenderRequest request, CancellationToken cancellationToken)
    {
        using var workspace = await PluginWorkspace.PrepareAsync(plugin, request, tools, cancellationToken);
        var result = await workspace.RunAsync(command, cancellationToken);
        return result is { ExitCode: 0, Output.Length: > 0 };
    }

    private IReadOnlyList<PluginDeclaration> All() => root.Length == 0 || !System.IO.Directory.Exists(root)
        ? None
        : [.. System.IO.Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal).Where(folder => File.Exists(Path.Combine(folder, PluginDeclaration.FileName))).Select(PluginDeclaration.Read)];

    private string Known() => All() is { Count: > 0 } plugins
        ? $"; there are {string.Join(", ", plugins.Select(plugin => plugin.FullName))}"
        : root.Length == 0 ? ": no plug-in folder is configured" : $": '{root}' holds no plug-in";
}
