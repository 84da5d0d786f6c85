using System.Text;

namespace SecretsOps.Cryptography.Age;

/// <summary>Decodes armor line by line and refuses every deviation.</summary>
internal sealed class ArmorReadStream(Stream source) : Stream
{
    private const int MaximumBlankBytes = 1024; // before and after the block, as the reference implementation

    private readonly byte[] _input = new byte[4096];
    private readonly byte[] _decoded = new byte[AgeArmor.Columns / 4 * 3];
    private int _inputStart;
    private int _inputEnd;
    private int _start;
    private int _end;
    private bool _hasBegun;
    private bool _isShortLineSeen;
    private bool _isFinished;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (_start == _end && !_isFinished)
        {
            ReadNext();
        }

        var count = Math.Min(buffer.Length, _end - _start);
        _decoded.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void ReadNext()
    {
        if (!_hasBegun)
        {
            ReadBegin();
            return;
        }

        var line = ReadLine() ?? throw Refused("it ends without its END line");
        if (line == AgeArmor.End)
        {
            RefuseTrailingText();
            _isFinished = true;
            return;
        }

        Decode(line);
    }

    private void ReadBegin()
    {
        var blank = 0;
        var line = ReadLine();
        for (; line is not null && string.IsNullOrWhiteSpace(line); line = ReadLine())
        {
            blank += line.Length + 1;
            if (blank > MaximumBlankBytes)
            {
                throw Refused($"more than {MaximumBlankBytes} bytes of white space come before it");
            }
        }

        if (line != AgeArmor.Begin)
        {
            throw Refused($"its first line is not '{AgeArmor.Begin}'");
        }

        _hasBegun = true;
    }

    private void Decode(string line)
    {
        if (_isShortLineSeen || line.Length is 0 or > AgeArmor.Columns || line.Length % 4 != 0)
        {
            throw Refused("a line other than the last is not of 64 columns");
        }

        _isShortLineSeen = line.Length < AgeArmor.Columns || line.EndsWith('=');
        var unpadded = line.AsSpan().TrimEnd('=');
        if (line.Length - unpadded.Length > 2 || !UnpaddedBase64.TryDecode(unpadded, out var bytes))
        {
            throw Refused("a line is not canonical base64");
        }

        bytes.CopyTo(_decoded, 0);
        (_start, _end) = (0, bytes.Length);
    }

    private void RefuseTrailingText()
    {
        var blank = 0;
        for (var octet = ReadByteOrEnd(); octet >= 0; octet = ReadByteOrEnd())
        {
            if (octet is not (' ' or '\t' or '\r' or '\n') || ++blank > MaximumBlankBytes)
            {
                throw Refused("text follows after its END line");
            }
        }
    }

    /// <summary>The next line without LF or CRLF; <c>null</c> at the end of the stream.</summary>
    private string? ReadLine()
    {
        var line = new StringBuilder();
        for (var octet = ReadByteOrEnd(); octet != '\n'; octet = ReadByteOrEnd())
        {
            if (octet < 0)
            {
                return line.Length == 0 ? null : line.ToString();
            }

            if (line.Append((char)octet).Length > MaximumBlankBytes)
            {
                throw Refused("a line is too long");
            }
        }

        if (line.Length > 0 && line[^1] == '\r')
        {
            line.Length--;
        }

        return line.ToString();
    }

    private int ReadByteOrEnd()
    {
        if (_inputStart == _inputEnd)
        {
            (_inputStart, _inputEnd) = (0, source.Read(_input));
        }

        return _inputStart == _inputEnd ? -1 : _input[_inputStart++];
    }

    private static AgeException Refused(string reason) => new(AgeFailure.Armor, $"invalid armor: {reason}");
}
