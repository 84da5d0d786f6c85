using System.Security.Cryptography;

namespace SecretsOps.Cryptography;

/// <summary>Owns secret bytes (a data key, a session key, a plaintext) and overwrites them with zeros when disposed.</summary>
/// <remarks>Prints as <c>[32 secret bytes]</c>; has no serializer. The array is pinned so that the collector leaves no copies behind.</remarks>
public sealed class SecretBytes : IDisposable
{
    private readonly byte[] _bytes;
    private bool _isDisposed;

    /// <summary>Allocates <paramref name="length"/> zero bytes to be filled through <see cref="Span"/>.</summary>
    public SecretBytes(int length) => _bytes = GC.AllocateArray<byte>(length, pinned: true);

    /// <summary>Copies <paramref name="bytes"/>; the caller stays responsible for wiping the original.</summary>
    public SecretBytes(ReadOnlySpan<byte> bytes)
        : this(bytes.Length) => bytes.CopyTo(_bytes);

    /// <summary>The number of bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>The bytes themselves.</summary>
    /// <exception cref="ObjectDisposedException">The bytes were wiped already.</exception>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _bytes;
        }
    }

    /// <summary>The bytes as memory, for asynchronous callers.</summary>
    /// <exception cref="ObjectDisposedException">The bytes were wiped already.</exception>
    public Memory<byte> Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _bytes;
        }
    }

    /// <summary>Draws <paramref name="length"/> bytes from the operating system's random number generator.</summary>
    public static SecretBytes Random(int length)
    {
        var secret = new SecretBytes(length);
        SystemRandom.Fill(secret.Span);
        return secret;
    }

    /// <summary>Overwrites the bytes with zeros.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        _isDisposed = true;
    }

    /// <summary>The size only, never the content.</summary>
    public override string ToString() => $"[{_bytes.Length} secret bytes]";
}
