using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Decryption;

/// <summary>Opens objects that are still encrypted after rendering, where an Application asks for that.</summary>
public interface IManifestDecryptor
{
    /// <summary>The opened object, or null when this one is none of its business; the namespace is filled in already.</summary>
    /// <exception cref="InvalidOperationException">The object is encrypted and cannot be opened; the message says why and holds no plaintext.</exception>
    Task<KubernetesObject?> TryDecryptAsync(KubernetesObject value, CancellationToken cancellationToken);
}
