using System.Security.Cryptography;
using System.Text;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Telemetry;

namespace SecretsOps.GitOps.Rendering;

/// <summary>Renders every source of an Application, or takes what was rendered before from the very same files.</summary>
internal sealed class SourceRenderer(RendererSet renderers, RenderCache cache)
{
    /// <summary>The manifests of each source that has any, and what they depend on.</summary>
    /// <exception cref="RenderException">A source cannot be rendered.</exception>
    /// <exception cref="DecryptionException">An encrypted file cannot be opened.</exception>
    public async Task<(IReadOnlyList<RenderedManifests> Rendered, RenderInputs Inputs)> RenderAsync(SyncRequest request, IReadOnlyList<Artifact> artifacts, CancellationToken cancellationToken)
    {
        List<ISourceTree> trees = [.. artifacts.Select(artifact => artifact.Tree)];
        List<ReadTrace> all = [.. trees.Select(_ => new ReadTrace())];
        var rendered = new List<RenderedManifests>();
        for (var i = 0; i < artifacts.Count; i++)
        {
            if (!request.Sources[i].IsReferenceOnly)
            {
                rendered.Add(await RenderAsync(request, i, trees, all, cancellationToken));
            }
        }

        var inputs = new RenderInputs
        {
            Revisions = request.Revisions,
            Traces = all,
            Keys = request.KeysVersion,
            IncludesRevision = request.Sources.Any(source => source.NamesRevision) || rendered.Any(one => one.NamesRevision || one.SourceType == SourceType.Plugin),
        };
        return (rendered, inputs);
    }

    private async Task<RenderedManifests> RenderAsync(SyncRequest request, int index, List<ISourceTree> trees, List<ReadTrace> all, CancellationToken cancellationToken)
    {
        var key = Key(request, index);
        if (await cache.TryGetAsync(key, trees, cancellationToken) is { } known)
        {
            known.Traces.Zip(all).ToList().ForEach(pair => pair.Second.AddAll(pair.First));
            EngineTelemetry.CountRendering(known.Rendered.SourceType.ToString(), wasKnown: true);
            return known.Rendered;
        }

        List<ReadTrace> traces = [.. trees.Select(_ => new ReadTrace())];
        var files = new OpenedFiles(request.Files);
        List<DecryptingTree> opened = [.. trees.Zip(traces).Select(pair => new DecryptingTree(pair.First, files, pair.Second))];
        var references = request.Sources.Zip(opened).Where(pair => pair.First.Ref.Length > 0).ToDictionary(pair => pair.First.Ref, pair => pair.Second);
        var rendered = await RenderAsync(Describe(request, index, opened[index], references), files, cancellationToken);
        traces.Zip(all).ToList().ForEach(pair => pair.Second.AddAll(pair.First));

        EngineTelemetry.CountRendering(rendered.SourceType.ToString(), wasKnown: false);

        // Plain folders cost no more than opening the cache; what a plug-in prints may depend on more than files.
        if (rendered.SourceType is SourceType.Helm or SourceType.Kustomize && rendered.NamesRevision == request.Sources[index].NamesRevision)
        {
            cache.Put(key, traces, rendered);
        }

        return rendered;
    }

    // Tools quote what they stumble over, and that may have been encrypted.
    private async Task<RenderedManifests> RenderAsync(RenderRequest request, OpenedFiles files, CancellationToken cancellationToken)
    {
        try
        {
            var rendered = await renderers.RenderAsync(request, cancellationToken);
            return rendered with { Opened = files.All };
        }
        catch (RenderException exception)
        {
            throw new RenderException(await files.HideAsync(exception.Message, cancellationToken));
        }
    }

    private static RenderRequest Describe(SyncRequest request, int index, DecryptingTree tree, Dictionary<string, DecryptingTree> references) => new()
    {
        Source = request.Sources[index],
        Tree = tree,
        Revision = request.Revisions[index],
        ApplicationName = request.Application.Object.Name,
        Project = request.Application.Project,
        Namespace = request.Application.Destination.Namespace,
        References = references,
        Settings = request.Application.Settings,
        KubernetesVersion = request.Cluster.KubernetesVersion,
        ApiVersions = request.Cluster.ApiVersions,
    };

    // All that a renderer is told beside the files. The key outlives the spec it was made of, and inline values may be secret: only a digest stays.
    private static string Key(SyncRequest request, int index)
    {
        var source = request.Sources[index];
        var text = new StringBuilder()
            .AppendJoin('\n', request.Application.Key, request.Application.Project, request.Application.Destination.Namespace, index, request.KeysVersion, request.Cluster.KubernetesVersion)
            .Append('\n').AppendJoin(',', request.Cluster.ApiVersions)
            .Append('\n').AppendJoin(' ', request.Application.Settings.KustomizeOptions).Append(request.Application.Settings.UsesHelm).Append(request.Application.Settings.UsesKustomize)
            .Append('\n').AppendJoin('\n', request.Sources.Select(each => each.Json.ToJsonString()))
            .Append('\n').Append(source.NamesRevision ? request.Revisions[index] : "");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
