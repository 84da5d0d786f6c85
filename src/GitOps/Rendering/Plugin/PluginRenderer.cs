using SecretsOps.GitOps.Tools;

namespace SecretsOps.GitOps.Rendering.Plugin;

/// <summary>Runs the commands of a <c>plugin.yaml</c> as Argo CD's sidecars do: <c>init</c>, then <c>generate</c>, whose output is the manifests.</summary>
internal sealed class PluginRenderer(PluginCatalog plugins, ToolBox tools) : IRenderer
{
    public SourceType Type => SourceType.Plugin;

    public async Task<RenderedManifests> RenderAsync(RenderRequest request, CancellationToken cancellationToken)
    {
        var plugin = await plugins.SelectAsync(request, cancellationToken);
        using var workspace = await PluginWorkspace.PrepareAsync(plugin, request, tools, cancellationToken);
        if (plugin.Init is { } init)
        {
            await RunAsync(request, plugin, workspace, init, cancellationToken);
        }

        // Compatibility: no output is no object and no error; what keeps pruning from wiping everything out is automated sync's own guard.
        var result = await RunAsync(request, plugin, workspace, plugin.Generate, cancellationToken);
        return ManifestStream.Read(Type, result.Output, request.Source.Path);
    }

    private static async Task<ToolResult> RunAsync(RenderRequest request, PluginDeclaration plugin, PluginWorkspace workspace, PluginCommand command, CancellationToken cancellationToken)
    {
        var result = await workspace.RunAsync(command, cancellationToken);
        return result.ExitCode == 0
            ? result
            : throw new RenderException($"{request.Source.Path}: plugin '{plugin.FullName}': {ToolException.Failed(command.Words[0], workspace.Tidy(result)).Message}");
    }
}
