using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>A digest of everything in a SealedSecret that decides its Secret: the spec (ciphertext), the scope and the identity. It reveals no plaintext.</summary>
internal static class SealedSecretDigest
{
    private const string Version = "v1";

    /// <summary><c>v1:</c> and the SHA-256 in base64.</summary>
    public static string Of(KubernetesObject sealedSecret)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var scope = SealingScopes.Of(sealedSecret.Json["metadata"] as JsonObject);
        hash.AppendData(Encoding.UTF8.GetBytes($"{sealedSecret.NamespacedName}\0{sealedSecret.Uid}\0{scope}\0"));
        hash.AppendData(Encoding.UTF8.GetBytes(sealedSecret.Json["spec"]?.ToJsonString() ?? ""));
        return $"{Version}:{Convert.ToBase64String(hash.GetHashAndReset())}";
    }
}
