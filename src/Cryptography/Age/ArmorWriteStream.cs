using System.Text;

namespace SecretsOps.Cryptography.Age;

/// <summary>Armors what is written; disposing writes the END line and closes the destination.</summary>
internal sealed class ArmorWriteStream : Stream
{
    private const int LineBytes = AgeArmor.Columns / 4 * 3;

    private readonly Stream _destination;
    private readonly byte[] _line = new byte[LineBytes];
    private int _length;
    private bool _isDisposed;

    public ArmorWriteStream(Stream destination)
    {
        _destination = destination;
        WriteText(AgeArmor.Begin);
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
            var count = Math.Min(buffer.Length, LineBytes - _length);
            buffer[..count].CopyTo(_line.AsSpan(_length));
            buffer = buffer[count..];
            _length += count;
            if (_length == LineBytes)
            {
                WriteLine();
            }
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
            if (_length > 0)
            {
                WriteLine();
            }

            WriteText(AgeArmor.End);
            _destination.Dispose();
        }

        base.Dispose(disposing);
    }

    private void WriteLine()
    {
        WriteText(Convert.ToBase64String(_line, 0, _length));
        _length = 0;
    }

    private void WriteText(string text) => _destination.Write(Encoding.ASCII.GetBytes(text + "\n"));
}
