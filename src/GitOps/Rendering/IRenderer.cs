namespace SecretsOps.GitOps.Rendering;

/// <summary>Turns one source into manifests.</summary>
internal interface IRenderer
{
    SourceType Type { get; }

    /// <exception cref="RenderException">The source cannot be rendered.</exception>
    /// <exception cref="Decryption.DecryptionException">An encrypted file cannot be opened.</exception>
    Task<RenderedManifests> RenderAsync(RenderRequest request, CancellationToken cancellationToken);
}
