using System.Collections.Concurrent;
using SecretsOps.Cryptography;

namespace SecretsOps.GitOps.Decryption;

/// <summary>Remembers which files were opened for a rendering, as ciphertext, so that what a renderer complains of can be told without their values.</summary>
internal sealed class OpenedFiles(IFileDecryptor decryptor) : IFileDecryptor
{
    private readonly ConcurrentBag<(string Path, ReadOnlyMemory<byte> Content)> _opened = [];

    public async Task<SecretBytes?> TryDecryptAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var opened = await decryptor.TryDecryptAsync(path, content, cancellationToken);
        if (opened is not null)
        {
            _opened.Add((path, content));
        }

        return opened;
    }

    /// <summary>The text with every value that was encrypted replaced by plus signs. The files are opened once more for it: a success costs nothing.</summary>
    public async Task<string> HideAsync(string text, CancellationToken cancellationToken)
    {
        using var ledger = new PlaintextLedger(decryptor);
        foreach (var (path, content) in _opened)
        {
            using var again = await ledger.TryDecryptAsync(path, content, cancellationToken);
        }

        return ledger.Hide(text);
    }
}
