using System.Text.Json.Nodes;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.Remote;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Decryption;

/// <summary>The keys of the Secrets labelled <c>secretsops.io/decryption-key: active</c>, tried one Secret after the other.</summary>
internal sealed class DecryptionKeys(KeyedDigest digest, string remedy, Func<KubernetesObject, CancellationToken, Task<ObjectKeys>>? keysOf = null) : IKeyService
{
    private volatile State _state = new([], "");

    /// <summary>Changes with the keys: what was rendered under other keys must be rendered again.</summary>
    public string Version => _state.Version;

    /// <summary>Takes the Secrets as they are now; gives whether anything changed.</summary>
    public bool Replace(IReadOnlyList<KubernetesObject> secrets)
    {
        List<KubernetesObject> ordered = [.. secrets.OrderBy(secret => secret.Key.ToString(), StringComparer.Ordinal)];
        var version = string.Join(',', ordered.Select(secret => digest.Of(secret.Json["data"])));
        if (version == _state.Version)
        {
            return false;
        }

        _state = new State([.. ordered.Select(secret => new LocalKeyService(KeyCredentials.FromSecretData(Data(secret))))], version);
        return true;
    }

    /// <summary>The keys for one Application: those for all, then its own; or its own alone, where it says so.</summary>
    public async Task<ObjectKeys> ForAsync(KubernetesObject application, CancellationToken cancellationToken)
    {
        var shared = _state;
        if (keysOf is null)
        {
            return new ObjectKeys(this, shared.Version);
        }

        var own = await keysOf(application, cancellationToken);
        return own.IsExclusive ? own : new ObjectKeys(new KeyServiceChain([this, own.Service]), own.Version.Length == 0 ? shared.Version : $"{shared.Version} {own.Version}");
    }

    public Task<string> WrapAsync(MasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken) =>
        throw new NotSupportedException("the engine opens files and never writes them");

    public async Task<SecretBytes> UnwrapAsync(MasterKey key, string wrappedKey, CancellationToken cancellationToken)
    {
        var failures = new List<MasterKeyException>();
        foreach (var service in _state.Services)
        {
            try
            {
                return await service.UnwrapAsync(key, wrappedKey, cancellationToken);
            }
            catch (MasterKeyException exception)
            {
                failures.Add(exception);
            }
        }

        throw failures.Count > 0 ? failures[0] : new MasterKeyException(key, "no decryption key is configured", remedy);
    }

    private static Dictionary<string, byte[]> Data(KubernetesObject secret) =>
        (secret.Json["data"] as JsonObject)?.ToDictionary(entry => entry.Key, entry => Decode(entry.Value), StringComparer.Ordinal) ?? [];

    private static byte[] Decode(JsonNode? value)
    {
        var text = value?.GetValue<string>() ?? "";
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var count) ? bytes[..count] : [];
    }

    private sealed record State(IReadOnlyList<IKeyService> Services, string Version);
}
