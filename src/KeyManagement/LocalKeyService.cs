using SecretsOps.Cryptography;
using SecretsOps.KeyManagement.Age;
using SecretsOps.KeyManagement.AlibabaKms;
using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.KeyManagement.AzureKeyVault;
using SecretsOps.KeyManagement.GcpKms;
using SecretsOps.KeyManagement.HuaweiKms;
using SecretsOps.KeyManagement.OpenPgp;
using SecretsOps.KeyManagement.VaultTransit;

namespace SecretsOps.KeyManagement;

/// <summary>Wraps and unwraps in this process, with the backend of each key's type. Safe for concurrent callers.</summary>
public sealed class LocalKeyService(KeyCredentials credentials) : IKeyService, IDisposable
{
    private readonly Lazy<AgeClient> _age = new(() => new AgeClient(credentials.Age()));
    private readonly Lazy<OpenPgpClient> _openPgp = new(() => new OpenPgpClient(credentials.OpenPgp()));
    private readonly Lazy<AwsKmsClient> _awsKms = new(() => new AwsKmsClient(credentials.AwsKms()));
    private readonly Lazy<GcpKmsClient> _gcpKms = new(() => new GcpKmsClient(credentials.GcpKms()));
    private readonly Lazy<AzureKeyVaultClient> _azureKeyVault = new(() => new AzureKeyVaultClient(credentials.AzureKeyVault()));
    private readonly Lazy<VaultTransitClient> _vaultTransit = new(() => new VaultTransitClient(credentials.VaultTransit()));
    private readonly Lazy<AlibabaKmsClient> _alibabaKms = new(() => new AlibabaKmsClient(credentials.AlibabaKms()));
    private readonly Lazy<HuaweiKmsClient> _huaweiKms = new(() => new HuaweiKmsClient(credentials.HuaweiKms()));

    /// <inheritdoc/>
    public Task<string> WrapAsync(MasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken) =>
        RunAsync(key, (backend, token) => backend.WrapAsync(key, dataKey, token), cancellationToken);

    /// <inheritdoc/>
    public Task<SecretBytes> UnwrapAsync(MasterKey key, string wrappedKey, CancellationToken cancellationToken) =>
        RunAsync(key, (backend, token) => backend.UnwrapAsync(key, wrappedKey, token), cancellationToken);

    /// <inheritdoc/>
    public Task<MasterKey> PinAsync(MasterKey key, CancellationToken cancellationToken) =>
        key is AzureKeyVaultMasterKey { Version.Length: 0 } azure
            ? RunAsync<MasterKey>(key, async (_, token) => await _azureKeyVault.Value.PinAsync(azure, token).ConfigureAwait(false), cancellationToken)
            : Task.FromResult(key);

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        foreach (var backend in (IEnumerable<IDisposable?>)[Made(_awsKms), Made(_gcpKms), Made(_azureKeyVault), Made(_vaultTransit), Made(_alibabaKms), Made(_huaweiKms)])
        {
            backend?.Dispose();
        }

        static IDisposable? Made<T>(Lazy<T> backend)
            where T : IDisposable => backend.IsValueCreated ? backend.Value : null;
    }

    private async Task<T> RunAsync<T>(MasterKey key, Func<IKeyService, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var backend = Backend(key);
        if (key is AgeMasterKey or OpenPgpMasterKey)
        {
            return await work(backend, cancellationToken).ConfigureAwait(false); // a person may be typing a passphrase
        }

        using var limit = new CancellationTokenSource(credentials.KeyTimeout, credentials.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await work(backend, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new MasterKeyException(key, $"the key service did not finish within {credentials.KeyTimeout.TotalSeconds:0.#} seconds", "check network and endpoint");
        }
    }

    private IKeyService Backend(MasterKey key)
    {
        try
        {
            return key switch
            {
                AgeMasterKey => _age.Value,
                OpenPgpMasterKey => _openPgp.Value,
                AwsKmsMasterKey => _awsKms.Value,
                GcpKmsMasterKey => _gcpKms.Value,
                AzureKeyVaultMasterKey => _azureKeyVault.Value,
                VaultTransitMasterKey => _vaultTransit.Value,
                AlibabaKmsMasterKey => _alibabaKms.Value,
                HuaweiKmsMasterKey => _huaweiKms.Value,
                _ => throw new MasterKeyException(key, $"no backend knows keys of type '{key.TypeName}'"),
            };
        }
        catch (KeyBackendException failure)
        {
            throw new MasterKeyException(key, failure.Message, failure.Remedy, failure); // the credentials' source cannot be read
        }
        catch (FormatException failure)
        {
            throw new MasterKeyException(key, failure.Message, innerException: failure);
        }
    }
}
