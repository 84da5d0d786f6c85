using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Sources.Charts;
using SecretsOps.GitOps.Tools;

namespace SecretsOps.GitOps.Preview;

/// <summary>Renders what the engine would render, without the engine: for <c>render</c>, <c>plan</c> and other tools' plug-ins.</summary>
public sealed class ManifestPreview(PreviewOptions options)
{
    private readonly ToolBox _tools = new(options.SearchPath, options.Clock);

    /// <summary>Renders a folder of this machine; files outside of <paramref name="root"/> cannot be reached.</summary>
    /// <exception cref="PreviewException">The folder cannot be read, opened or rendered.</exception>
    public Task<PreviewedManifests> RenderFolderAsync(string root, string folder, CancellationToken cancellationToken) =>
        PreviewException.WrapAsync(() => RenderAsync(new FolderTree(root), folder, options.Revision, cancellationToken));

    /// <summary>Renders a folder as a commit, branch or tag of a local repository has it; the work tree does not count.</summary>
    /// <exception cref="PreviewException">There is no such revision, or its folder cannot be opened or rendered.</exception>
    public Task<PreviewedManifests> RenderRevisionAsync(string root, string folder, string revision, CancellationToken cancellationToken) => PreviewException.WrapAsync(async () =>
    {
        using var repository = await LocalRevision.OpenAsync(_tools.Git, root, revision, cancellationToken);
        return await RenderAsync(repository.Tree, folder, repository.Tree.Revision, cancellationToken);
    });

    /// <summary>Renders the sources of an Application, each at the revision given for it or its own; with <paramref name="localRoot"/> its first source comes from that folder.</summary>
    /// <exception cref="PreviewException">A source cannot be fetched, opened or rendered.</exception>
    public Task<PreviewedManifests> RenderApplicationAsync(Kubernetes.Objects.KubernetesObject application, string revision, string localRoot, CancellationToken cancellationToken) =>
        PreviewException.WrapAsync(async () =>
        {
            var spec = new Application(application, application.Namespace);
            using var cache = new MemoryFolder("plan");
            using var repositories = new RepositoryStore(_tools, cache.Path, options.Repositories.Registry.For, options.Clock);
            using var charts = new ChartStore(cache.Path, options.Repositories.Registry, options.Clock);
            var sources = new SourceFetcher(repositories, charts);
            var ledger = new PlaintextLedger(new SopsFileDecryptor(options.Keys));
            var trees = new List<ISourceTree>();
            foreach (var source in spec.Sources)
            {
                trees.Add(localRoot.Length > 0 && trees.Count == 0
                    ? new FolderTree(localRoot)
                    : await OpenAsync(sources, source, trees.Count == 0 ? revision : "", cancellationToken));
            }

            return await RenderAsync([.. spec.Sources.Zip(trees)], ledger, cancellationToken);
        });

    private async Task<ISourceTree> OpenAsync(SourceFetcher sources, ApplicationSource source, string revision, CancellationToken cancellationToken)
    {
        var wanted = revision.Length > 0 ? source.At(revision) : source;
        try
        {
            var commits = await sources.ResolveAsync([wanted], DateTimeOffset.MinValue, cancellationToken);
            return (await sources.FetchAsync([wanted], commits, cancellationToken))[0].Tree;
        }
        catch (SourceException exception) when (options.Repositories.Problem.Length > 0)
        {
            throw new SourceException($"{exception.Message} ({options.Repositories.Problem})", exception);
        }
    }

    private Task<PreviewedManifests> RenderAsync(ISourceTree tree, string folder, string revision, CancellationToken cancellationToken)
    {
        var source = (JsonObject)options.Source.DeepClone();
        source["path"] = folder.Length == 0 ? "." : folder;
        source["targetRevision"] ??= revision;
        return RenderAsync([(new ApplicationSource(source), tree)], new PlaintextLedger(new SopsFileDecryptor(options.Keys)), cancellationToken);
    }

    private async Task<PreviewedManifests> RenderAsync(IReadOnlyList<(ApplicationSource Source, ISourceTree Tree)> sources, PlaintextLedger ledger, CancellationToken cancellationToken)
    {
        List<DecryptingTree> trees = [.. sources.Select(source => new DecryptingTree(source.Tree, ledger))];
        var references = sources.Zip(trees).Where(pair => pair.First.Source.Ref.Length > 0).ToDictionary(pair => pair.First.Source.Ref, pair => pair.Second);
        using var cache = new MemoryFolder("charts");
        using var charts = new ChartStore(cache.Path, options.Repositories.Registry, options.Clock);
        var renderers = RendererSet.For(_tools, charts, options.PluginFolder);
        var rendered = new List<RenderedManifests>();
        for (var i = 0; i < sources.Count; i++)
        {
            if (!sources[i].Source.IsReferenceOnly)
            {
                rendered.Add(await RenderAsync(renderers, Describe(sources[i].Source, trees[i], references), ledger, cancellationToken));
            }
        }

        return new PreviewedManifests(await new ManifestOpener(options.ManifestDecryptors).OpenAsync(rendered, options.ManifestDecryptors.Count > 0 ? Unsealing.Wanted : Unsealing.NotWanted, options.Namespace, cancellationToken), ledger);
    }

    // Tools quote what they stumble over, and that may have been encrypted.
    private static async Task<RenderedManifests> RenderAsync(RendererSet renderers, RenderRequest request, PlaintextLedger ledger, CancellationToken cancellationToken)
    {
        try
        {
            return await renderers.RenderAsync(request, cancellationToken);
        }
        catch (RenderException exception)
        {
            throw new RenderException(ledger.Hide(exception.Message));
        }
    }

    private RenderRequest Describe(ApplicationSource source, DecryptingTree tree, Dictionary<string, DecryptingTree> references) => new()
    {
        Source = source,
        Tree = tree,
        Revision = tree.Revision,
        ApplicationName = options.Name,
        Project = options.Project,
        Namespace = options.Namespace,
        References = references,
        KubernetesVersion = options.KubernetesVersion,
        ApiVersions = options.ApiVersions,
    };
}
