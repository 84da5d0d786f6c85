using System.Text.Json.Nodes;

using SecretsOps.Cryptography;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>Unwraps with the keys of the Secrets labelled <c>secretsops.io/decryption-key: active</c>, one after the other, then with the process's own identity.</summary>
internal sealed class SopsSecretKeys(Func<IEnumerable<KubernetesObject>> secrets, IKeyService ownIdentity) : IKeyService
{
    /// <summary>The label of a key Secret.</summary>
    public const string Selector = "secretsops.io/decryption-key=active";

    /// <inheritdoc/>
    public Task<string> WrapAsync(MasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken) =>
        throw new NotSupportedException("SopsSecrets are read, never written");

    /// <inheritdoc/>
    public async Task<SecretBytes> UnwrapAsync(MasterKey key, string wrappedKey, CancellationToken cancellationToken)
    {
        foreach (var service in secrets().Select(secret => new LocalKeyService(KeyCredentials.FromSecretData(DataOf(secret)))))
        {
            try
            {
                return await service.UnwrapAsync(key, wrappedKey, cancellationToken);
            }
            catch (MasterKeyException)
            {
                // The next Secret, or at last our own identity, may open it; its refusal is the one that is reported.
            }
        }

        return await ownIdentity.UnwrapAsync(key, wrappedKey, cancellationToken);
    }

    private static Dictionary<string, byte[]> DataOf(KubernetesObject secret) =>
        (secret.Json["data"] as JsonObject)?.ToDictionary(entry => entry.Key, entry => Convert.FromBase64String(entry.Value?.ToString() ?? ""), StringComparer.Ordinal) ?? [];
}
