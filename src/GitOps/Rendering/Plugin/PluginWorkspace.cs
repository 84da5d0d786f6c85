using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Tools;
using SecretsOps.GitOps.Tools.Confining;

namespace SecretsOps.GitOps.Rendering.Plugin;

/// <summary>A repository in memory in which a plug-in's commands run: the source's own folder opened, everything else as Git has it.</summary>
internal sealed class PluginWorkspace : IDisposable
{
    private const long LargestTree = 256 * 1024 * 1024;

    private readonly PluginDeclaration _plugin;
    private readonly RenderRequest _request;
    private readonly ToolBox _tools;
    private readonly MemoryTree _tree;

    private PluginWorkspace(PluginDeclaration plugin, RenderRequest request, ToolBox tools, MemoryTree tree) =>
        (_plugin, _request, _tools, _tree) = (plugin, request, tools, tree);

    /// <exception cref="RenderException">The repository is too large to hand over.</exception>
    /// <exception cref="Decryption.DecryptionException">A file of the source cannot be opened.</exception>
    public static async Task<PluginWorkspace> PrepareAsync(PluginDeclaration plugin, RenderRequest request, ToolBox tools, CancellationToken cancellationToken)
    {
        var tree = new MemoryTree(request.Tree, "plugin");
        try
        {
            var files = await request.Tree.ListFilesAsync("", SearchOption.AllDirectories, cancellationToken);
            var own = request.Folder.Length == 0 ? "" : request.Folder + "/";
            await tree.AddAsync([.. files.Where(file => file.Path.StartsWith(own, StringComparison.Ordinal))], cancellationToken);
            await tree.AddRawAsync([.. files.Where(file => !file.Path.StartsWith(own, StringComparison.Ordinal))], LargestTree, cancellationToken);
            if (plugin.PreservesFileMode)
            {
                tree.MakeExecutable(files.Where(file => file.Kind == TreeEntryKind.Executable));
            }

            System.IO.Directory.CreateDirectory(tree.PathOf(request.Folder));
            return new PluginWorkspace(plugin, request, tools, tree);
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    /// <summary>Runs a command in the source's folder and gives the result whatever the exit code.</summary>
    /// <exception cref="ToolException">It could not start, ran out of time or memory, or printed too much.</exception>
    public Task<ToolResult> RunAsync(PluginCommand command, CancellationToken cancellationToken)
    {
        var environment = PluginEnvironment.For(_request);
        var folder = _tree.PathOf(_request.Folder);
        environment["HOME"] = _tree.Home;
        environment["TMPDIR"] = _tree.Home;
        environment["PATH"] = $"{_plugin.Folder}:{_tools.SearchPath}";
        var run = new ToolRequest
        {
            Arguments = [.. command.Words.Skip(1)],
            WorkingDirectory = folder,
            Environment = environment,
            MemoryLimit = ToolRequest.RendererMemory,
            Confinement = Confine(),
        };
        return _tools.Locate(command.Words[0], _plugin.Folder, folder).RunAsync(run, cancellationToken);
    }

    // Argo CD's contract: a plug-in may use the network, and whoever installs it decides what else it may read.
    private Confinement Confine()
    {
        var confinement = _tools.Confine(_tree.Whole);
        return confinement with { MayConnect = true, Readable = [.. confinement.Readable, _plugin.Folder, .. _plugin.MayRead] };
    }

    /// <summary>What a command complained of, with places in memory shown by their place in Git.</summary>
    public ToolResult Tidy(ToolResult result) =>
        result with { Error = result.Error.Replace(_tree.Root + "/", "", StringComparison.Ordinal).Replace(_tree.Root, ".", StringComparison.Ordinal) };

    public void Dispose() => _tree.Dispose();
}
