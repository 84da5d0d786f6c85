using SecretsOps.GitOps.Decryption;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Controller.Decryption;

/// <summary>Opens SealedSecrets for the sync engine with the controller's own keys, so that a hub can serve clusters without a controller.</summary>
internal sealed class SealedSecretDecryptor(KeyRing keys) : IManifestDecryptor
{
    private const string EnginePrefix = "argocd.argoproj.io/";

    /// <inheritdoc/>
    public Task<KubernetesObject?> TryDecryptAsync(KubernetesObject value, CancellationToken cancellationToken) =>
        Task.FromResult(value.Kind == "SealedSecret" && value.Gvk.Group == ApiResource.SealedSecrets.Group ? Open(value, cancellationToken) : null);

    private KubernetesObject Open(KubernetesObject value, CancellationToken cancellationToken)
    {
        var sealedSecret = new SealedSecret(value);
        using var unsealed = Unsealer.Unseal(sealedSecret, keys, new UnsealOptions(), cancellationToken);
        if (!unsealed.IsSuccess)
        {
            throw new InvalidOperationException($"{value.Key}: {UnsealDiagnosis.Explain(sealedSecret, keys, unsealed)}");
        }

        try
        {
            using var secret = SecretTemplate.Build(sealedSecret, unsealed);
            secret.Metadata.Remove("ownerReferences"); // no SealedSecret will be there to own it
            var opened = secret.ToObject();
            CopyOrders(value, opened);
            return opened;
        }
        catch (Exception error) when (error is SecretTemplateException or SecretFormatException)
        {
            throw new InvalidOperationException($"{value.Key}: {error.Message}; correct spec.template", error);
        }
    }

    // Waves, hooks and sync options were written on the SealedSecret, and now have to hold for what takes its place.
    private static void CopyOrders(KubernetesObject from, KubernetesObject to)
    {
        foreach (var (name, text) in from.Metadata["annotations"] as System.Text.Json.Nodes.JsonObject ?? [])
        {
            if (name.StartsWith(EnginePrefix, StringComparison.Ordinal) && to.Annotation(name) is null)
            {
                to.SetAnnotation(name, text?.ToString());
            }
        }
    }
}
