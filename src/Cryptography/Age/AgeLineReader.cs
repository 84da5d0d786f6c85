using System.Text;

namespace SecretsOps.Cryptography.Age;

/// <summary>Reads the header's lines from a stream and then hands out the rest as bytes.</summary>
internal sealed class AgeLineReader(Stream source)
{
    // Not in the specification: a bound, so that a hostile file cannot fill the memory. A hybrid stanza takes 1.7 KB.
    private const int MaximumHeaderSize = 4 << 20;

    private readonly byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;
    private int _headerSize;

    /// <summary>The next line without its LF.</summary>
    /// <exception cref="AgeException">The stream ended within the line, or the line is not printable ASCII.</exception>
    public string ReadLine()
    {
        var line = new StringBuilder();
        while (true)
        {
            var available = _buffer.AsSpan(_start.._end);
            var length = available.IndexOf((byte)'\n');
            var part = length < 0 ? available : available[..length];
            Append(line, part);
            _start += part.Length;
            if (length >= 0)
            {
                _start++;
                return line.ToString();
            }

            Refill();
        }
    }

    /// <summary>Fills <paramref name="destination"/> as far as the stream goes.</summary>
    public int ReadFully(Span<byte> destination)
    {
        var count = Math.Min(_end - _start, destination.Length);
        _buffer.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        return count + source.ReadAtLeast(destination[count..], destination.Length - count, throwOnEndOfStream: false);
    }

    private void Append(StringBuilder line, ReadOnlySpan<byte> part)
    {
        _headerSize += part.Length + 1;
        if (_headerSize > MaximumHeaderSize)
        {
            throw AgeHeader.Malformed($"it is longer than {MaximumHeaderSize} bytes");
        }

        if (part.IndexOfAnyExceptInRange((byte)' ', (byte)'~') >= 0)
        {
            throw AgeHeader.Malformed("malformed stanza: a line holds a character that is not printable ASCII");
        }

        line.Append(Encoding.ASCII.GetString(part));
    }

    private void Refill()
    {
        _start = 0;
        _end = source.Read(_buffer);
        if (_end == 0)
        {
            throw AgeHeader.Malformed("it ends early");
        }
    }
}
