using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Settings;

namespace SecretsOps.GitOps.Rendering;

/// <summary>What every renderer gets: the tree, the source block and whom it renders for.</summary>
internal sealed record RenderRequest
{
    public required ApplicationSource Source { get; init; }

    public required DecryptingTree Tree { get; init; }

    /// <summary>The commit that <c>ARGOCD_APP_REVISION</c> names.</summary>
    public required string Revision { get; init; }

    public required string ApplicationName { get; init; }

    public required string Project { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The trees that <c>$ref/…</c> paths lead into, by their ref.</summary>
    public IReadOnlyDictionary<string, DecryptingTree> References { get; init; } = new Dictionary<string, DecryptingTree>();

    /// <summary>What holds for every Application.</summary>
    public EngineSettings Settings { get; init; } = EngineSettings.Default;

    public string KubernetesVersion { get; init; } = "";

    public IReadOnlyList<string> ApiVersions { get; init; } = [];

    /// <summary>The folder inside the tree, without slashes around it; the root is empty.</summary>
    public string Folder => Source.Path.Trim('/') is "." ? "" : string.Join('/', Source.Path.Split('/').Where(segment => segment is not ("" or ".")));
}
