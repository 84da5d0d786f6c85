using System.Collections.Concurrent;
using SecretsOps.Cryptography;

namespace SecretsOps.KeyManagement;

/// <summary>Unwraps each distinct wrapped key once in a process, also when many files ask at the same time; disposing wipes the data keys.</summary>
public sealed class CachingKeyService(IKeyService inner) : IKeyService, IDisposable
{
    private readonly ConcurrentDictionary<(string TypeName, string Identity, string WrappedKey), Lazy<Task<SecretBytes>>> _unwrapped = new();

    /// <inheritdoc/>
    public Task<string> WrapAsync(MasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken) =>
        inner.WrapAsync(key, dataKey, cancellationToken);

    /// <inheritdoc/>
    public Task<MasterKey> PinAsync(MasterKey key, CancellationToken cancellationToken) => inner.PinAsync(key, cancellationToken);

    /// <inheritdoc/>
    public async Task<SecretBytes> UnwrapAsync(MasterKey key, string wrappedKey, CancellationToken cancellationToken)
    {
        var entry = (key.TypeName, key.Identity, wrappedKey);

        // The work is shared: one caller that gives up must not end it for the others.
        var unwrap = _unwrapped.GetOrAdd(entry, _ => new Lazy<Task<SecretBytes>>(() => inner.UnwrapAsync(key, wrappedKey, CancellationToken.None)));
        try
        {
            var dataKey = await unwrap.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new SecretBytes(dataKey.Span);
        }
        catch (MasterKeyException)
        {
            _unwrapped.TryRemove(KeyValuePair.Create(entry, unwrap)); // a failure may pass
            throw;
        }
    }

    /// <summary>Wipes the data keys.</summary>
    public void Dispose()
    {
        foreach (var unwrap in _unwrapped.Values)
        {
            if (unwrap is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            {
                unwrap.Value.Result.Dispose();
            }
        }

        _unwrapped.Clear();
    }
}
