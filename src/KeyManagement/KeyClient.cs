using System.Text.Json;
using SecretsOps.Cryptography;

namespace SecretsOps.KeyManagement;

/// <summary>A backend: wraps and unwraps with keys of one type.</summary>
internal abstract class KeyClient<TKey> : IKeyService
    where TKey : MasterKey
{
    public async Task<string> WrapAsync(MasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken) =>
        await ExplainAsync(key, WrapAsync((TKey)key, dataKey, cancellationToken)).ConfigureAwait(false) is { Length: > 0 } wrappedKey ? wrappedKey : throw Empty(key);

    public async Task<SecretBytes> UnwrapAsync(MasterKey key, string wrappedKey, CancellationToken cancellationToken) =>
        await ExplainAsync(key, UnwrapAsync((TKey)key, wrappedKey, cancellationToken)).ConfigureAwait(false) is { Length: > 0 } dataKey ? dataKey : throw Empty(key);

    protected abstract Task<string> WrapAsync(TKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken);

    protected abstract Task<SecretBytes> UnwrapAsync(TKey key, string wrappedKey, CancellationToken cancellationToken);

    /// <summary>Adds the key's name to what went wrong.</summary>
    protected static async Task<T> ExplainAsync<T>(MasterKey key, Task<T> work)
    {
        try
        {
            return await work.ConfigureAwait(false);
        }
        catch (KeyBackendException failure)
        {
            throw new MasterKeyException(key, failure.Message, failure.Remedy, failure);
        }
        catch (JsonException failure)
        {
            throw new MasterKeyException(key, "the service's answer is not the JSON that was expected", "check that the endpoint is the service's", failure);
        }
        catch (FormatException failure)
        {
            throw new MasterKeyException(key, failure.Message, innerException: failure);
        }
    }

    private static MasterKeyException Empty(MasterKey key) => new(key, "the service answered with an empty key", "check that the endpoint is the service's");
}
