using System.Collections.Concurrent;
using SecretsOps.Cryptography;

namespace SecretsOps.GitOps.Decryption;

/// <summary>An encrypted file that was opened for a rendering, as Git has it.</summary>
internal sealed record SealedFile(string Path, ReadOnlyMemory<byte> Content);

/// <summary>Remembers which files were opened for a rendering, as ciphertext, so that what a renderer or a server complains of can be told without their values.</summary>
internal sealed class OpenedFiles(IFileDecryptor decryptor) : IFileDecryptor
{
    private readonly ConcurrentBag<SealedFile> _opened = [];

    public IReadOnlyList<SealedFile> All => [.. _opened];

    public async Task<SecretBytes?> TryDecryptAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var opened = await decryptor.TryDecryptAsync(path, content, cancellationToken);
        if (opened is not null)
        {
            _opened.Add(new SealedFile(path, content));
        }

        return opened;
    }

    /// <summary>The text with every value that was encrypted replaced by plus signs.</summary>
    public Task<string> HideAsync(string text, CancellationToken cancellationToken) => new Discretion(All, [], decryptor).HideAsync(text, cancellationToken);
}
