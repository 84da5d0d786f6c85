using SecretsOps.GitOps.Rendering;

namespace SecretsOps.GitOps.Decryption;

/// <summary>The manifests of an Application with nothing encrypted left. Here is plaintext: short-lived, without serializer, printed by count only.</summary>
internal sealed class DecryptedManifests(IReadOnlyList<SourceType> sourceTypes, IReadOnlyList<Manifest> manifests) : IDisposable
{
    private IReadOnlyList<Manifest> _manifests = manifests;

    public IReadOnlyList<SourceType> SourceTypes { get; } = sourceTypes;

    public IReadOnlyList<Manifest> Manifests => _manifests;

    /// <summary>Lets go of every object; strings cannot be overwritten, so none is kept longer than a sync needs it.</summary>
    public void Dispose() => _manifests = [];

    public override string ToString() => $"[{_manifests.Count} decrypted manifests]";
}
