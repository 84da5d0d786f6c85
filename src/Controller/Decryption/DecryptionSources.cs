using System.Collections.Concurrent;
using System.Text.Json.Nodes;

using SecretsOps.Cryptography;
using SecretsOps.GitOps.Decryption;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Controller.Decryption;

/// <summary>Which keys open what an Application or SopsSecret holds, in Flux's order: a Secret, a service account's identity, the controller's own environment.</summary>
/// <remarks>The object names both in its own namespace by annotation, so that no tenant reaches the keys of another.</remarks>
internal sealed class DecryptionSources(ApiClient client, KeyEnvironment own, string defaultServiceAccount)
{
    /// <summary>On the object: the Secret with its keys, in place of the Secrets labelled for all.</summary>
    public const string SecretAnnotation = "secretsops.io/decryption-secret";

    /// <summary>On the object: the service account whose roles in the clouds are used.</summary>
    public const string ServiceAccountAnnotation = "secretsops.io/decryption-service-account";

    private readonly ServiceAccountTokens _tokens = new(client);
    private readonly ObjectKeys _own = new(new LocalKeyService(KeyCredentials.FromEnvironment(own)), "");
    private readonly ConcurrentDictionary<(NamespacedName Secret, NamespacedName Account), ObjectKeys> _known = new();

    /// <summary>The keys for an object; <see cref="ObjectKeys.IsExclusive"/> when it names a Secret of its own.</summary>
    public async Task<ObjectKeys> ForAsync(KubernetesObject @object, CancellationToken cancellationToken)
    {
        var secretName = @object.Annotation(SecretAnnotation) ?? "";
        var accountName = @object.Annotation(ServiceAccountAnnotation) is { Length: > 0 } named ? named : defaultServiceAccount;
        if (secretName.Length == 0 && accountName.Length == 0)
        {
            return _own;
        }

        var place = (new NamespacedName(@object.Namespace, secretName), new NamespacedName(@object.Namespace, accountName));
        try
        {
            return await ReadAsync(place, cancellationToken);
        }
        catch (ApiException refusal)
        {
            return new ObjectKeys(new NoKeys(refusal.Message, "allow the controller to read it"), $"refused {refusal.Status}") { IsExclusive = secretName.Length > 0 };
        }
    }

    private async Task<ObjectKeys> ReadAsync((NamespacedName Secret, NamespacedName Account) place, CancellationToken cancellationToken)
    {
        var isExclusive = place.Secret.Name.Length > 0;
        var secret = isExclusive ? await client.TryGetAsync(ApiResource.Secrets, place.Secret.Namespace, place.Secret.Name, cancellationToken) : null;
        if (isExclusive && secret is null)
        {
            return Missing($"Secret/{place.Secret}", SecretAnnotation, isExclusive);
        }

        var account = place.Account.Name.Length > 0 ? await _tokens.TryFindAsync(place.Account, cancellationToken) : null;
        if (place.Account.Name.Length > 0 && account is null)
        {
            return Missing($"ServiceAccount/{place.Account}", ServiceAccountAnnotation, isExclusive);
        }

        var version = $"{secret?.Uid} {secret?.ResourceVersion} {account?.Version}";
        if (_known.TryGetValue(place, out var known) && known.Version == version)
        {
            return known; // with the tokens that it holds
        }

        var identity = account?.Identity.Credentials(own) ?? KeyCredentials.FromEnvironment(own);
        var credentials = secret is null ? identity : KeyCredentials.FromSecretData(DataOf(secret), own, identity);
        return _known[place] = new ObjectKeys(new LocalKeyService(credentials), version) { IsExclusive = isExclusive };
    }

    private static ObjectKeys Missing(string what, string annotation, bool isExclusive) =>
        new(new NoKeys($"{what} does not exist", $"create it, or change the annotation {annotation}"), $"no {what}") { IsExclusive = isExclusive };

    /// <summary>A Secret's entries; what is not base64 is left out.</summary>
    internal static Dictionary<string, byte[]> DataOf(KubernetesObject secret)
    {
        var data = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (key, value) in secret.Json["data"] as JsonObject ?? [])
        {
            var text = value?.ToString() ?? "";
            var bytes = new byte[text.Length];
            if (Convert.TryFromBase64String(text, bytes, out var count))
            {
                data[key] = bytes[..count];
            }
        }

        return data;
    }

    /// <summary>Says why there are no keys, when one is needed and not before: most objects hold nothing encrypted.</summary>
    private sealed class NoKeys(string reason, string remedy) : IKeyService
    {
        public Task<string> WrapAsync(MasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken) => throw new MasterKeyException(key, reason, remedy);

        public Task<SecretBytes> UnwrapAsync(MasterKey key, string wrappedKey, CancellationToken cancellationToken) => throw new MasterKeyException(key, reason, remedy);
    }
}
