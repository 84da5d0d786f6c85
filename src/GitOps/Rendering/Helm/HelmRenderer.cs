using SecretsOps.GitOps.Sources.Charts;
using SecretsOps.GitOps.Tools;

namespace SecretsOps.GitOps.Rendering.Helm;

/// <summary>Renders a chart of the repository with the real <c>helm template</c>; values files may be encrypted.</summary>
internal sealed class HelmRenderer(ToolBox tools, ChartStore charts) : IRenderer
{
    public SourceType Type => SourceType.Helm;

    public async Task<RenderedManifests> RenderAsync(RenderRequest request, CancellationToken cancellationToken)
    {
        using var folder = new MemoryTree(request.Tree, "helm");
        await folder.AddFolderAsync(request.Folder, cancellationToken);
        await new ChartDependencies(request, folder, charts).AddAsync(request.Folder, cancellationToken);
        var arguments = await new HelmArguments(request, folder).BuildAsync(cancellationToken);
        var result = await RunAsync(request, folder, arguments, cancellationToken);
        ThrowUnlessOk(request, folder, result);
        return ManifestStream.Read(Type, result.Output, request.Source.Path.Length > 0 ? request.Source.Path : request.Source.Chart);
    }

    private Task<ToolResult> RunAsync(RenderRequest request, MemoryTree folder, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var home = folder.Home;
        return tools.Helm.RunAsync(
            new ToolRequest
            {
                Arguments = arguments,
                WorkingDirectory = folder.PathOf(request.Folder),
                Environment = new Dictionary<string, string>
                {
                    ["HOME"] = home,
                    ["TMPDIR"] = home,
                    ["HELM_CACHE_HOME"] = Path.Combine(home, "cache"),
                    ["HELM_CONFIG_HOME"] = Path.Combine(home, "config"),
                    ["HELM_DATA_HOME"] = Path.Combine(home, "data"),
                },
                MemoryLimit = ToolRequest.RendererMemory,
                Confinement = tools.Confine(folder.Whole),
            },
            cancellationToken);
    }

    private static void ThrowUnlessOk(RenderRequest request, MemoryTree folder, ToolResult result)
    {
        if (result.ExitCode != 0)
        {
            var plain = result with { Error = result.Error.Replace(folder.Root + "/", "", StringComparison.Ordinal) };
            throw new RenderException($"{(request.Source.Chart.Length > 0 ? request.Source.Chart : request.Source.Path)}: {ToolException.Failed("helm", plain).Message}");
        }
    }
}
