using SecretsOps.GitOps.Rendering;

namespace SecretsOps.GitOps.Decryption;

/// <summary>The stage after rendering: opens what is still encrypted where a decryptor is plugged in, and lets no ciphertext pass.</summary>
internal sealed class ManifestOpener(IReadOnlyList<IManifestDecryptor> decryptors)
{
    /// <exception cref="DecryptionException">An object cannot be opened or still carries ciphertext.</exception>
    public async Task<DecryptedManifests> OpenAsync(IReadOnlyList<RenderedManifests> rendered, CancellationToken cancellationToken)
    {
        var manifests = new List<Manifest>();
        foreach (var manifest in rendered.SelectMany(source => source.Manifests))
        {
            var opened = await OpenAsync(manifest, cancellationToken);
            CiphertextGuard.Check(opened);
            manifests.Add(opened);
        }

        return new DecryptedManifests([.. rendered.Select(source => source.SourceType)], manifests);
    }

    private async Task<Manifest> OpenAsync(Manifest manifest, CancellationToken cancellationToken)
    {
        foreach (var decryptor in decryptors)
        {
            try
            {
                if (await decryptor.TryDecryptAsync(manifest.Object, cancellationToken) is { } opened)
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
}
