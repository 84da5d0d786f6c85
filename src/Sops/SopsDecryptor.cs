using SecretsOps.Cryptography;
using SecretsOps.KeyManagement;
using SecretsOps.Sops.Stores;

namespace SecretsOps.Sops;

/// <summary>Decrypts whole SOPS files; nothing leaves before the MAC is verified.</summary>
public static class SopsDecryptor
{
    /// <summary>Decrypts a file to its plaintext in the same format (or <see cref="DecryptOptions.OutputFormat"/>).</summary>
    /// <exception cref="SopsException">The file is no SOPS file, no key opens it, or it was tampered with.</exception>
    public static async Task<SecretBytes> DecryptAsync(
        ReadOnlyMemory<byte> file, SopsFormat format, IKeyService keys, DecryptOptions options, CancellationToken cancellationToken)
    {
        var document = SopsStores.For(format, options.Stores).LoadEncrypted(file);
        using var opened = await OpenedDocument.OpenAsync(document, keys, options, cancellationToken).ConfigureAwait(false);
        var plaintext = SopsStores.For(options.OutputFormat ?? format, options.Stores).EmitPlain(opened.Trees);
        try
        {
            return new SecretBytes(plaintext);
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(plaintext);
        }
    }
}
