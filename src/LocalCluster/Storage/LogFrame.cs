using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SecretsOps.LocalCluster.Storage;

/// <summary>One batch of writes on disk, encrypted as a whole.</summary>
/// <remarks>
/// Wire format: length of what follows (4 bytes, little-endian), nonce (12, random), ciphertext, tag (16).
/// Associated data: the frame's offset in the file and the file's generation, so that frames cannot be moved or dropped.
/// AES-256-GCM (NIST SP 800-38D): random nonces are safe for 2^32 frames under one key.
/// </remarks>
internal sealed class LogFrame(byte[] key) : IDisposable
{
    internal const int LengthBytes = 4;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int LongestFrame = 1 << 30;

    private readonly AesGcm _cipher = new(key, TagBytes);

    public void Dispose() => _cipher.Dispose();

    /// <summary>Encrypts a batch for its place in the log.</summary>
    internal byte[] Encrypt(ReadOnlySpan<byte> plaintext, long generation, long offset)
    {
        var frame = new byte[LengthBytes + NonceBytes + plaintext.Length + TagBytes];
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - LengthBytes);
        var nonce = frame.AsSpan(LengthBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        var ciphertext = frame.AsSpan(LengthBytes + NonceBytes, plaintext.Length);
        _cipher.Encrypt(nonce, plaintext, ciphertext, frame.AsSpan(frame.Length - TagBytes), AssociatedData(generation, offset));
        return frame;
    }

    /// <summary>The length of the whole frame that starts here, or null when it cannot be one.</summary>
    internal static int? Measure(ReadOnlySpan<byte> log)
    {
        if (log.Length < LengthBytes)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(log);
        return length is >= NonceBytes + TagBytes and <= LongestFrame && length <= log.Length - LengthBytes ? length + LengthBytes : null;
    }

    /// <summary>Decrypts a whole frame; null when it is not authentic at this place.</summary>
    internal byte[]? TryDecrypt(ReadOnlySpan<byte> frame, long generation, long offset)
    {
        var nonce = frame.Slice(LengthBytes, NonceBytes);
        var ciphertext = frame[(LengthBytes + NonceBytes)..^TagBytes];
        var plaintext = new byte[ciphertext.Length];
        try
        {
            _cipher.Decrypt(nonce, ciphertext, frame[^TagBytes..], plaintext, AssociatedData(generation, offset));
            return plaintext;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] AssociatedData(long generation, long offset)
    {
        var data = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(data, generation);
        BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(8), offset);
        return data;
    }
}
