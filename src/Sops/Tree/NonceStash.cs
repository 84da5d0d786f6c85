using System.Security.Cryptography;

namespace SecretsOps.Sops.Tree;

/// <summary>Nonces of decrypted values, handed out again for the same kind, plaintext and path so that an edit leaves unchanged values byte-identical.</summary>
/// <remarks>
/// Keyed by a SHA-256, so it holds no plaintext. Values that occur several times under one path (list elements) queue up and get their own nonces back in order;
/// sops gives all of them the last one, which makes equal elements visible.
/// </remarks>
internal sealed class NonceStash
{
    private readonly Dictionary<(ulong, ulong), Queue<byte[]>> _nonces = [];

    public void Remember(string type, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> nonce)
    {
        var key = KeyOf(type, plaintext, associatedData);
        if (!_nonces.TryGetValue(key, out var queue))
        {
            _nonces[key] = queue = new Queue<byte[]>(1);
        }

        queue.Enqueue(nonce.ToArray());
    }

    public bool TryTake(string type, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, out byte[] nonce)
    {
        nonce = [];
        return _nonces.TryGetValue(KeyOf(type, plaintext, associatedData), out var queue) && queue.TryDequeue(out nonce!);
    }

    public void Clear() => _nonces.Clear();

    private static (ulong, ulong) KeyOf(string type, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> lengths = stackalloc byte[16];
        BitConverter.TryWriteBytes(lengths, (long)type.Length);
        BitConverter.TryWriteBytes(lengths[8..], (long)associatedData.Length);
        hash.AppendData(lengths);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(type));
        hash.AppendData(associatedData);
        hash.AppendData(plaintext);
        Span<byte> digest = stackalloc byte[32];
        hash.GetHashAndReset(digest);
        return (BitConverter.ToUInt64(digest), BitConverter.ToUInt64(digest[8..]));
    }
}
