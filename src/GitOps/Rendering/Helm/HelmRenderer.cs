using System.Globalization;
using SecretsOps.GitOps.Tools;

namespace SecretsOps.GitOps.Rendering.Helm;

/// <summary>Renders a chart of the repository with the real <c>helm template</c>; values files may be encrypted.</summary>
internal sealed class HelmRenderer(ToolBox tools) : IRenderer
{
    public SourceType Type => SourceType.Helm;

    public async Task<RenderedManifests> RenderAsync(RenderRequest request, CancellationToken cancellationToken)
    {
        var dependencies = await ChartDependencies.ReadAsync(request.Tree, request.Folder, cancellationToken);
        using var folder = new MemoryTree(request.Tree, "helm");
        foreach (var chart in dependencies.Folders.Prepend(request.Folder))
        {
            await folder.AddFolderAsync(chart, cancellationToken);
        }

        var arguments = await new HelmArguments(request, folder).BuildAsync(cancellationToken);
        var result = await RunAsync(request, folder, arguments, cancellationToken);
        if (LacksDependencies(result))
        {
            await BuildDependenciesAsync(request, folder, dependencies, cancellationToken);
            result = await RunAsync(request, folder, arguments, cancellationToken);
        }

        ThrowUnlessOk(request, folder, result);
        return ManifestStream.Read(Type, result.Output, request.Source.Path);
    }

    private async Task BuildDependenciesAsync(RenderRequest request, MemoryTree folder, ChartDependencies dependencies, CancellationToken cancellationToken)
    {
        for (var i = 0; i < dependencies.Repositories.Count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"dependency-{i}");
            ThrowUnlessOk(request, folder, await RunAsync(request, folder, ["repo", "add", name, dependencies.Repositories[i]], cancellationToken));
        }

        ThrowUnlessOk(request, folder, await RunAsync(request, folder, ["dependency", "build"], cancellationToken));
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
                    ["HELM_CACHE_HOME"] = Path.Combine(home, "cache"),
                    ["HELM_CONFIG_HOME"] = Path.Combine(home, "config"),
                    ["HELM_DATA_HOME"] = Path.Combine(home, "data"),
                },
                MemoryLimit = ToolRequest.RendererMemory,
            },
            cancellationToken);
    }

    private static bool LacksDependencies(ToolResult result) => result.ExitCode != 0 &&
        (result.Error.Contains("missing in charts/ directory", StringComparison.Ordinal) || result.Error.Contains("helm dependency build", StringComparison.Ordinal));

    private static void ThrowUnlessOk(RenderRequest request, MemoryTree folder, ToolResult result)
    {
        if (result.ExitCode != 0)
        {
            var plain = result with { Error = result.Error.Replace(folder.Root + "/", "", StringComparison.Ordinal) };
            throw new RenderException($"{request.Source.Path}: {ToolException.Failed("helm", plain).Message}");
        }
    }
}
