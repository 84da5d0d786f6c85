using System.Security.Cryptography;

namespace SecretsOps.Cryptography.Age;

/// <summary>Encrypts what is written; disposing writes the last chunk.</summary>
internal sealed class AgeWriteStream : Stream
{
    private readonly Stream _destination;
    private readonly PayloadCipher _cipher;
    private readonly byte[] _plaintext = GC.AllocateArray<byte>(PayloadCipher.ChunkSize, pinned: true);
    private readonly byte[] _chunk = new byte[PayloadCipher.ChunkSize + PayloadCipher.TagSize];
    private int _length;
    private bool _isDisposed;

    public AgeWriteStream(Stream destination, ReadOnlySpan<byte> fileKey)
    {
        Span<byte> nonce = stackalloc byte[PayloadCipher.NonceSize];
        SystemRandom.Fill(nonce);
        destination.Write(nonce);
        _destination = destination;
        _cipher = new PayloadCipher(fileKey, nonce);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_length == _plaintext.Length)
            {
                WriteChunk(ChunkPosition.Inner); // a full chunk waits: it may be the last
            }

            var count = Math.Min(buffer.Length, _plaintext.Length - _length);
            buffer[..count].CopyTo(_plaintext.AsSpan(_length));
            _length += count;
            buffer = buffer[count..];
        }
    }

    public override void Flush() => _destination.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            WriteChunk(ChunkPosition.Last);
            _destination.Dispose();
            CryptographicOperations.ZeroMemory(_plaintext);
            _cipher.Dispose();
        }

        base.Dispose(disposing);
    }

    private void WriteChunk(ChunkPosition position)
    {
        _cipher.EncryptChunk(_plaintext.AsSpan(0, _length), _chunk, position);
        _destination.Write(_chunk, 0, _length + PayloadCipher.TagSize);
        _length = 0;
    }
}
