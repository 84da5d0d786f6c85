using System.Security.Cryptography;

namespace SecretsOps.Sops.Tree;

/// <summary>The hash over a document's values: SHA-512 of all plaintexts in order, without separators, as upper-case hexadecimal.</summary>
internal sealed class TreeMac : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);

    // Small values are gathered: one call per value into the hash costs more than the hashing.
    private readonly byte[] _buffer = new byte[8192];
    private int _length;

    /// <summary>Starts a MAC; one over encrypted values only begins with a constant of its own.</summary>
    public TreeMac(bool isOnlyEncrypted)
    {
        if (isOnlyEncrypted)
        {
            // SHA-256 of "sops": keeps the two kinds of MAC apart.
            Add(Convert.FromHexString("8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69"));
        }
    }

    public void Add(ReadOnlySpan<byte> plaintext)
    {
        if (plaintext.Length > _buffer.Length - _length)
        {
            Flush();
        }

        if (plaintext.Length > _buffer.Length)
        {
            _hash.AppendData(plaintext);
            return;
        }

        plaintext.CopyTo(_buffer.AsSpan(_length));
        _length += plaintext.Length;
    }

    public string Finish()
    {
        Flush();
        return Convert.ToHexString(_hash.GetHashAndReset());
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_buffer);
        _hash.Dispose();
    }

    private void Flush()
    {
        _hash.AppendData(_buffer, 0, _length);
        _length = 0;
    }
}
