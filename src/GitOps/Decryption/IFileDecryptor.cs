using SecretsOps.Cryptography;

namespace SecretsOps.GitOps.Decryption;

/// <summary>Opens whole encrypted files before anything else reads them.</summary>
internal interface IFileDecryptor
{
    /// <summary>The plaintext, or null when the file is not encrypted.</summary>
    /// <exception cref="DecryptionException">The file is encrypted and cannot be opened or verified.</exception>
    Task<SecretBytes?> TryDecryptAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);
}
