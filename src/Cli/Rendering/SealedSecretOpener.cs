using SecretsOps.Cli.Sealing;
using SecretsOps.GitOps.Decryption;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Rendering;

/// <summary>Opens SealedSecrets as they are rendered, with keys that the user gave, for clusters without a controller.</summary>
internal sealed class SealedSecretOpener(KeyRing ring) : IManifestDecryptor
{
    /// <inheritdoc/>
    public Task<KubernetesObject?> TryDecryptAsync(KubernetesObject value, CancellationToken cancellationToken)
    {
        if (value.Key is not { Kind: "SealedSecret" } key || key.Group != ApiResource.SealedSecrets.Group)
        {
            return Task.FromResult<KubernetesObject?>(null);
        }

        var sealedSecret = new SealedSecret(value);
        using var unsealed = Opening.Open(sealedSecret, ring, cancellationToken);
        using var secret = SecretTemplate.Build(sealedSecret, unsealed);
        secret.Metadata.Remove("ownerReferences");
        return Task.FromResult<KubernetesObject?>(secret.ToObject());
    }
}
