using SecretsOps.GitOps.Rendering.Directory;
using SecretsOps.GitOps.Rendering.Helm;
using SecretsOps.GitOps.Rendering.Kustomize;
using SecretsOps.GitOps.Rendering.Plugin;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Sources.Charts;
using SecretsOps.GitOps.Tools;

namespace SecretsOps.GitOps.Rendering;

/// <summary>Chooses the tool of a source: the block that is set, else the files in its folder, else plain manifests.</summary>
internal sealed class RendererSet(IReadOnlyList<IRenderer> renderers, PluginCatalog plugins)
{
    /// <summary>All renderers there are; plug-ins are those declared below <paramref name="pluginFolder"/>.</summary>
    public static RendererSet For(ToolBox tools, ChartStore charts, string pluginFolder)
    {
        var plugins = new PluginCatalog(pluginFolder, tools);
        return new RendererSet([new DirectoryRenderer(), new KustomizeRenderer(tools), new HelmRenderer(tools, charts), new PluginRenderer(plugins, tools)], plugins);
    }

    /// <exception cref="RenderException">The spec names two tools, or none that is there.</exception>
    public async Task<RenderedManifests> RenderAsync(RenderRequest request, CancellationToken cancellationToken)
    {
        var merged = await SourceOverrides.ApplyAsync(request, cancellationToken);
        var type = await ChooseAsync(merged, cancellationToken);
        var renderer = renderers.FirstOrDefault(candidate => candidate.Type == type)
            ?? throw new RenderException($"{request.Source.Path}: no renderer for {type} sources is available");
        return await renderer.RenderAsync(merged, cancellationToken) with { NamesRevision = merged.Source.NamesRevision };
    }

    private async Task<SourceType> ChooseAsync(RenderRequest request, CancellationToken cancellationToken)
    {
        switch (request.Source.Tools)
        {
            case [_, _, ..] tools:
                throw new RenderException($"multiple application sources defined: {string.Join(",", tools)}");
            case ["kustomize"] when request.Settings.UsesKustomize:
                return SourceType.Kustomize;
            case ["helm"] when request.Settings.UsesHelm:
                return SourceType.Helm;
            case ["plugin"]:
                return SourceType.Plugin;
            case ["directory"]:
                return SourceType.Directory;
        }

        if (request.Source.Chart.Length > 0)
        {
            return SourceType.Helm;
        }

        // Compatibility: a plug-in that discovers the source goes before every built-in tool.
        if (await plugins.DiscoverAsync(request, cancellationToken) is not null)
        {
            return SourceType.Plugin;
        }

        // Unlike Argo CD only a file of exactly this name makes a chart (argocd.md, quirks).
        var files = (await request.Tree.TryListAsync(request.Folder, cancellationToken) ?? []).Where(entry => entry.Kind != TreeEntryKind.Folder).Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        return files.Contains("Chart.yaml") && request.Settings.UsesHelm ? SourceType.Helm
            : files.Overlaps(KustomizationFiles.Names) && request.Settings.UsesKustomize ? SourceType.Kustomize
            : SourceType.Directory;
    }
}
