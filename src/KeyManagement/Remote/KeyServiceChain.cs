using SecretsOps.Cryptography;

namespace SecretsOps.KeyManagement.Remote;

/// <summary>Several key services, tried in order for each key: the local one first, then remote ones, as sops does.</summary>
public sealed class KeyServiceChain(IReadOnlyList<IKeyService> services) : IKeyService, IDisposable
{
    /// <inheritdoc/>
    public Task<string> WrapAsync(MasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken) =>
        FirstAsync(key, service => service.WrapAsync(key, dataKey, cancellationToken));

    /// <inheritdoc/>
    public Task<MasterKey> PinAsync(MasterKey key, CancellationToken cancellationToken) =>
        FirstAsync(key, service => service.PinAsync(key, cancellationToken));

    /// <inheritdoc/>
    public Task<SecretBytes> UnwrapAsync(MasterKey key, string wrappedKey, CancellationToken cancellationToken) =>
        FirstAsync(key, service => service.UnwrapAsync(key, wrappedKey, cancellationToken));

    /// <summary>Closes the services that hold something.</summary>
    public void Dispose()
    {
        foreach (var service in services.OfType<IDisposable>())
        {
            service.Dispose();
        }
    }

    private async Task<T> FirstAsync<T>(MasterKey key, Func<IKeyService, Task<T>> work)
    {
        List<MasterKeyException> refusals = [];
        foreach (var service in services)
        {
            try
            {
                return await work(service).ConfigureAwait(false);
            }
            catch (MasterKeyException refused)
            {
                refusals.Add(refused);
            }
        }

        throw refusals.Count switch
        {
            0 => new MasterKeyException(key, "no key service may be used", "name one with --keyservice, or do not turn the local one off"),
            1 => refusals[0],
            _ => new MasterKeyException(key, string.Join("; ", refusals.Select(refused => refused.Reason)), refusals[0].Remedy, refusals[^1]),
        };
    }
}
