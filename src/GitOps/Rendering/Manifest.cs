using SecretsOps.GitOps.Decryption;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Rendering;

/// <summary>One rendered object and the file it came from. May hold plaintext: prints its identity only.</summary>
internal sealed record Manifest(KubernetesObject Object, string Origin)
{
    public override string ToString() => $"{Object.Key} from '{Origin}'";
}

/// <summary>The tool that rendered a source; the names are those of <c>status.sourceType</c>.</summary>
internal enum SourceType
{
    Directory,
    Kustomize,
    Helm,
    Plugin,
}

/// <summary>What a renderer made of one source. May hold plaintext.</summary>
internal sealed record RenderedManifests(SourceType SourceType, IReadOnlyList<Manifest> Manifests)
{
    /// <summary>The encrypted files that went into it, as ciphertext.</summary>
    public IReadOnlyList<SealedFile> Opened { get; init; } = [];

    /// <summary>Whether the commit's own id may be part of what was rendered.</summary>
    public bool NamesRevision { get; init; }

    public override string ToString() => $"{Manifests.Count} manifests by {SourceType}";
}
