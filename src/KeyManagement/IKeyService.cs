using SecretsOps.Cryptography;

namespace SecretsOps.KeyManagement;

/// <summary>Wraps and unwraps data keys, in this process (<see cref="LocalKeyService"/>) or in another one.</summary>
public interface IKeyService
{
    /// <summary>Wraps <paramref name="dataKey"/>; the answer is the text that SOPS stores in <c>enc</c>.</summary>
    /// <exception cref="MasterKeyException">The key could not be used.</exception>
    Task<string> WrapAsync(MasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken);

    /// <summary>Fills what a key's text left open and a file must store: the version of an Azure key. Others come back as they are.</summary>
    /// <exception cref="MasterKeyException">The service could not be asked.</exception>
    Task<MasterKey> PinAsync(MasterKey key, CancellationToken cancellationToken) => Task.FromResult(key);

    /// <summary>Unwraps the text of an <c>enc</c> field; the caller disposes the data key.</summary>
    /// <exception cref="MasterKeyException">The key could not be used, or the text was not made with it.</exception>
    Task<SecretBytes> UnwrapAsync(MasterKey key, string wrappedKey, CancellationToken cancellationToken);
}
