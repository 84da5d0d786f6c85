using SecretsOps.Cryptography;

namespace SecretsOps.Sops.Tree;

/// <summary>The hash over a document's values: SHA-512 of all plaintexts in order, without separators, as upper-case hexadecimal.</summary>
internal sealed class TreeMac : IDisposable
{
    private readonly IncrementalSha512 _hash = new();

    /// <summary>Starts a MAC; one over encrypted values only begins with a constant of its own.</summary>
    public TreeMac(bool isOnlyEncrypted)
    {
        if (isOnlyEncrypted)
        {
            // SHA-256 of "sops": keeps the two kinds of MAC apart.
            Add(Convert.FromHexString("8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69"));
        }
    }

    public void Add(ReadOnlySpan<byte> plaintext) => _hash.Append(plaintext);

    public string Finish() => Convert.ToHexString(_hash.Finish());

    public void Dispose() => _hash.Dispose();
}
