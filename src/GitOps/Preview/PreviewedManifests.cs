using SecretsOps.GitOps.Decryption;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Preview;

/// <summary>What a folder renders to, with nothing encrypted left. Here is plaintext: no serializer, printed by count only.</summary>
public sealed class PreviewedManifests : IDisposable
{
    private readonly DecryptedManifests _manifests;

    internal PreviewedManifests(DecryptedManifests manifests, PlaintextLedger opened) => (_manifests, Opened) = (manifests, opened);

    /// <summary>The objects in the order of rendering; those of a List one by one.</summary>
    public IReadOnlyList<KubernetesObject> Objects => [.. _manifests.Manifests.Select(manifest => manifest.Object)];

    /// <summary>The values that were encrypted, to be hidden wherever they turn up.</summary>
    internal PlaintextLedger Opened { get; }

    /// <summary>Lets go of the plaintext.</summary>
    public void Dispose()
    {
        _manifests.Dispose();
        Opened.Dispose();
    }

    /// <summary>The number of objects.</summary>
    public override string ToString() => _manifests.ToString();
}
