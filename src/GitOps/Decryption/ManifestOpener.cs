using SecretsOps.GitOps.Rendering;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Decryption;

/// <summary>Whether SealedSecrets are opened on the way, or go to the cluster as they are.</summary>
internal enum Unsealing
{
    NotWanted,
    Wanted,
}

/// <summary>The stage after rendering: opens what is still encrypted where a decryptor is plugged in, and lets no ciphertext pass.</summary>
internal sealed class ManifestOpener(IReadOnlyList<IManifestDecryptor> decryptors)
{
    private const string SealedKind = "SealedSecret";

    /// <summary>What an Application asks for is opened as if it lay in the destination's namespace, which scopes may be bound to; without <paramref name="unsealing"/> only the guard looks at it.</summary>
    /// <exception cref="DecryptionException">An object cannot be opened or still carries ciphertext.</exception>
    public async Task<DecryptedManifests> OpenAsync(IReadOnlyList<RenderedManifests> rendered, Unsealing unsealing, string destinationNamespace, CancellationToken cancellationToken)
    {
        var manifests = new List<Manifest>();
        foreach (var manifest in rendered.SelectMany(source => source.Manifests))
        {
            var opened = unsealing == Unsealing.Wanted ? await OpenAsync(manifest, destinationNamespace, cancellationToken) : manifest;
            CiphertextGuard.Check(opened);
            manifests.Add(opened);
        }

        return new DecryptedManifests([.. rendered.Select(source => source.SourceType)], manifests);
    }

    private async Task<Manifest> OpenAsync(Manifest manifest, string destinationNamespace, CancellationToken cancellationToken)
    {
        if (decryptors.Count == 0 && manifest.Object.Kind == SealedKind)
        {
            throw new DecryptionException(manifest.Origin, $"{manifest.Object.Key} is to be opened here, and this engine was granted no sealing keys", "start the controller with --unseal-for-applications");
        }

        foreach (var decryptor in decryptors)
        {
            try
            {
                if (await decryptor.TryDecryptAsync(Placed(manifest.Object, destinationNamespace), cancellationToken) is { } opened)
                {
                    return manifest with { Object = opened };
                }
            }
            catch (InvalidOperationException exception)
            {
                throw new DecryptionException(manifest.Origin, exception.Message, "seal it again for a key that the engine holds", exception);
            }
        }

        return manifest;
    }

    private static KubernetesObject Placed(KubernetesObject value, string destinationNamespace)
    {
        if (value.Kind != SealedKind || value.Namespace.Length > 0)
        {
            return value;
        }

        var placed = value.DeepClone();
        placed.Namespace = destinationNamespace;
        return placed;
    }
}
