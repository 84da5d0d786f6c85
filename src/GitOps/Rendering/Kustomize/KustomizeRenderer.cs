using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Tools;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Rendering.Kustomize;

/// <summary>Builds a kustomization with the real <c>kustomize</c> (or the one inside <c>kubectl</c>) in a folder in memory.</summary>
/// <remarks>Encrypted inputs (resources, patches, files of generators) are opened on their way into that folder, whole, MAC verified.</remarks>
internal sealed class KustomizeRenderer(ToolBox tools) : IRenderer
{
    public SourceType Type => SourceType.Kustomize;

    public async Task<RenderedManifests> RenderAsync(RenderRequest request, CancellationToken cancellationToken)
    {
        var file = await KustomizationFiles.TryFindAsync(request.Tree, request.Folder, cancellationToken)
            ?? throw new RenderException($"{request.Source.Path}: holds no {string.Join(", ", KustomizationFiles.Names)} at {request.Revision}");
        var kustomization = await KustomizationFiles.ReadAsync(request.Tree, file, cancellationToken);
        var isEdited = request.Source.Kustomize is { Count: > 0 };
        if (isEdited)
        {
            new KustomizationEdits(await PresentAsync(request, cancellationToken), new BuildEnvironment(request)).ApplyTo(kustomization);
        }

        using var folder = new MemoryTree(request.Tree, "kustomize");
        if (isEdited)
        {
            folder.Replace(file.Path, YamlText.FromJson(kustomization));
        }

        await folder.AddAsync(await new KustomizationFiles(request.Tree).CollectAsync(request.Folder, kustomization, cancellationToken), cancellationToken);
        return await BuildAsync(request, folder, cancellationToken);
    }

    /// <summary>The overrides without the components that are not there, where they may be missing.</summary>
    private static async Task<JsonObject> PresentAsync(RenderRequest request, CancellationToken cancellationToken)
    {
        var options = (JsonObject)request.Source.Kustomize!.DeepClone();
        if (!options.FlagAt("ignoreMissingComponents") || options["components"] is not JsonArray)
        {
            return options;
        }

        var present = new JsonArray();
        foreach (var component in options.TextsAt("components"))
        {
            var isRemote = component.Contains("://", StringComparison.Ordinal);
            var path = isRemote ? null : TreeGuard.TryResolve(request.Folder.Length == 0 ? "x" : $"{request.Folder}/x", component);
            if (isRemote || path is null || await request.Tree.TryFindAsync(path, cancellationToken) is not null)
            {
                present.Add((JsonNode)component);
            }
        }

        options["components"] = present;
        return options;
    }

    private async Task<RenderedManifests> BuildAsync(RenderRequest request, MemoryTree folder, CancellationToken cancellationToken)
    {
        var (tool, verb) = Kustomize();
        var run = new ToolRequest
        {
            Arguments = [verb, folder.PathOf(request.Folder), .. Options(request)],
            WorkingDirectory = folder.Root,
            Environment = new Dictionary<string, string> { ["HOME"] = folder.Home, ["TMPDIR"] = folder.Home },
            MemoryLimit = ToolRequest.RendererMemory,
            Confinement = tools.Confine(folder.Whole),
        };
        var result = await tool.RunAsync(run, cancellationToken);
        if (result.ExitCode != 0)
        {
            // The tool's own words name files by where they lie in memory: show them by their place in Git.
            var plain = result with { Error = result.Error.Replace(folder.Root + "/", "", StringComparison.Ordinal).Replace(folder.Root, ".", StringComparison.Ordinal) };
            throw new RenderException($"{request.Source.Path}: {ToolException.Failed(tool.Name, plain).Message}");
        }

        return ManifestStream.Read(Type, result.Output, request.Source.Path);
    }

    // Charts are inflated by the helm that charts are rendered with, unless the operator names another.
    private IEnumerable<string> Options(RenderRequest request)
    {
        var options = request.Settings.KustomizeOptions;
        return options.Contains("--enable-helm") && !options.Any(option => option.StartsWith("--helm-command", StringComparison.Ordinal))
            ? [.. options, "--helm-command", tools.Helm.Path]
            : options;
    }

    private (ExternalTool Tool, string Verb) Kustomize() =>
        tools.TryGet("kustomize") is { } kustomize ? (kustomize, "build")
        : tools.TryGet("kubectl") is { } kubectl ? (kubectl, "kustomize")
        : throw new ToolException("neither 'kustomize' nor 'kubectl', one of which builds kustomizations, is in a folder of PATH: install kustomize");
}
