using SecretsOps.Cryptography;

namespace SecretsOps.KeyManagement;

/// <summary>A backend: wraps and unwraps with keys of one type.</summary>
internal abstract class KeyClient<TKey> : IKeyService
    where TKey : MasterKey
{
    public Task<string> WrapAsync(MasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken) =>
        WrapAsync((TKey)key, dataKey, cancellationToken);

    public Task<SecretBytes> UnwrapAsync(MasterKey key, string wrappedKey, CancellationToken cancellationToken) =>
        UnwrapAsync((TKey)key, wrappedKey, cancellationToken);

    protected abstract Task<string> WrapAsync(TKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken);

    protected abstract Task<SecretBytes> UnwrapAsync(TKey key, string wrappedKey, CancellationToken cancellationToken);
}
