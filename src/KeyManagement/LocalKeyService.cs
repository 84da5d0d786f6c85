using SecretsOps.Cryptography;
using SecretsOps.KeyManagement.Age;
using SecretsOps.KeyManagement.AzureKeyVault;
using SecretsOps.KeyManagement.OpenPgp;

namespace SecretsOps.KeyManagement;

/// <summary>Wraps and unwraps in this process, with the backend of each key's type.</summary>
public sealed class LocalKeyService(KeyCredentials credentials) : IKeyService
{
    private readonly Lazy<AgeClient> _age = new(() => new AgeClient(credentials.Age));
    private readonly Lazy<OpenPgpClient> _openPgp = new(() => new OpenPgpClient(credentials.OpenPgp));

    /// <inheritdoc/>
    public Task<string> WrapAsync(MasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken) =>
        Backend(key).WrapAsync(key, dataKey, cancellationToken);

    /// <inheritdoc/>
    public Task<SecretBytes> UnwrapAsync(MasterKey key, string wrappedKey, CancellationToken cancellationToken) =>
        Backend(key).UnwrapAsync(key, wrappedKey, cancellationToken);

    /// <summary>Fills what a key's text left open and a file must store: today the version of an Azure key.</summary>
    /// <exception cref="MasterKeyException">The service could not be asked.</exception>
    public Task<MasterKey> PinAsync(MasterKey key, CancellationToken cancellationToken) =>
        key is AzureKeyVaultMasterKey { Version.Length: 0 }
            ? Task.FromException<MasterKey>(new MasterKeyException(key, $"no version was found within {credentials.KeyTimeout}", "write the key's version into its URL"))
            : Task.FromResult(key);

    private IKeyService Backend(MasterKey key) => key switch
    {
        AgeMasterKey => _age.Value,
        OpenPgpMasterKey => _openPgp.Value,
        _ => throw new MasterKeyException(key, $"keys of type '{key.TypeName}' cannot be used here"),
    };
}
