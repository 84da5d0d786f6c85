using SecretsOps.Cryptography;

namespace SecretsOps.GitOps.Decryption;

/// <summary>A file as a renderer reads it; wiped when disposed if it was encrypted.</summary>
internal sealed class PlainFile(string path, ReadOnlyMemory<byte> content, SecretBytes? secret) : IDisposable
{
    public string Path { get; } = path;

    public bool WasEncrypted => secret is not null;

    public ReadOnlyMemory<byte> Content => secret is null ? content : secret.Memory;

    public void Dispose() => secret?.Dispose();

    public override string ToString() => $"'{Path}' ({Content.Length} bytes)";
}
