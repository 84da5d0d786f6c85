using SecretsOps.Controller.Decryption;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>Unwraps with the keys of the Secrets labelled <c>secretsops.io/decryption-key: active</c>, one after the other.</summary>
internal sealed class SopsSecretKeys(Func<IEnumerable<KubernetesObject>> secrets) : IKeyService
{
    /// <summary>The label of a key Secret.</summary>
    public const string Selector = "secretsops.io/decryption-key=active";

    private readonly Lock _gate = new();
    private Dictionary<string, LocalKeyService> _services = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<string> WrapAsync(MasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken) =>
        throw new NotSupportedException("SopsSecrets are read, never written");

    /// <inheritdoc/>
    public async Task<SecretBytes> UnwrapAsync(MasterKey key, string wrappedKey, CancellationToken cancellationToken)
    {
        var refusals = new List<MasterKeyException>();
        foreach (var service in Services())
        {
            try
            {
                return await service.UnwrapAsync(key, wrappedKey, cancellationToken);
            }
            catch (MasterKeyException refused)
            {
                refusals.Add(refused);
            }
        }

        throw refusals.Count == 0
            ? new MasterKeyException(key, "no Secret with decryption keys is there", $"create one labelled {Selector} in the controller's namespace")
            : new MasterKeyException(key, string.Join("; ", refusals.Select(refused => refused.Reason).Distinct()), refusals[0].Remedy, refusals[0]);
    }

    // A Secret's service lives as long as the Secret is unchanged, and with it the logins that it made.
    private Dictionary<string, LocalKeyService>.ValueCollection Services()
    {
        lock (_gate)
        {
            var current = new Dictionary<string, LocalKeyService>(StringComparer.Ordinal);
            foreach (var secret in secrets().OrderBy(secret => secret.Name, StringComparer.Ordinal))
            {
                var version = $"{secret.Uid} {secret.ResourceVersion}";
                current[version] = _services.GetValueOrDefault(version) ?? new LocalKeyService(KeyCredentials.FromSecretData(DecryptionSources.DataOf(secret)));
            }

            _services = current;
            return current.Values;
        }
    }
}
