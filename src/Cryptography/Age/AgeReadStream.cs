using System.Security.Cryptography;

namespace SecretsOps.Cryptography.Age;

/// <summary>The plaintext of an age payload; each chunk is released only after its tag was verified.</summary>
internal sealed class AgeReadStream : Stream
{
    private readonly AgeLineReader _source;
    private readonly PayloadCipher _cipher;

    private readonly byte[] _chunk = new byte[PayloadCipher.ChunkSize + PayloadCipher.TagSize];
    private readonly byte[] _plaintext = GC.AllocateArray<byte>(PayloadCipher.ChunkSize, pinned: true);
    private int _start;
    private int _end;
    private bool _isFirst = true;
    private bool _isLastRead;
    private bool _isEndProven;
    private bool _isBroken;

    public AgeReadStream(AgeLineReader source, ReadOnlySpan<byte> fileKey)
    {
        Span<byte> nonce = stackalloc byte[PayloadCipher.NonceSize];
        if (source.ReadFully(nonce) != nonce.Length)
        {
            // The nonce is part of the header's failure class in the C2SP vectors.
            throw new AgeException(AgeFailure.Header, "failed to read nonce: the file ends before its payload");
        }

        _source = source;
        _cipher = new PayloadCipher(fileKey, nonce);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_start == _end && !_isEndProven)
        {
            Advance();
        }

        var count = Math.Min(buffer.Length, _end - _start);
        _plaintext.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CryptographicOperations.ZeroMemory(_plaintext);
            _cipher.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Advance()
    {
        if (_isBroken)
        {
            throw Refused("it was not authentic");
        }

        _isBroken = true; // until it has proved to be good
        if (_isLastRead)
        {
            ProveEnd();
        }
        else
        {
            ReadChunk();
        }

        _isBroken = false;
    }

    // A full chunk may be the last or not: only its tag tells. A shorter one can only be the last.
    private void ReadChunk()
    {
        var chunk = _chunk.AsSpan(0, _source.ReadFully(_chunk));
        if (chunk.Length < PayloadCipher.TagSize)
        {
            throw Refused("it is cut short");
        }

        if (chunk.Length == PayloadCipher.TagSize && !_isFirst)
        {
            throw Refused("its last chunk is empty");
        }

        var isInner = chunk.Length == _chunk.Length && _cipher.TryDecryptChunk(chunk, _plaintext, ChunkPosition.Inner);
        if (!isInner && !_cipher.TryDecryptChunk(chunk, _plaintext, ChunkPosition.Last))
        {
            throw Refused("it was changed, cut or extended after encryption");
        }

        (_start, _end) = (0, chunk.Length - PayloadCipher.TagSize);
        _isFirst = false;
        _isLastRead = !isInner;
        if (_end == 0)
        {
            ProveEnd();
        }
    }

    private void ProveEnd()
    {
        if (_source.ReadFully(_chunk.AsSpan(0, 1)) != 0)
        {
            throw Refused("bytes follow after its last chunk");
        }

        _isEndProven = true;
    }

    private static AgeException Refused(string reason) => new(AgeFailure.Payload, $"failed to decrypt the payload: {reason}");
}
