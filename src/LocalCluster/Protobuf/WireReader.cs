using System.Buffers.Binary;

namespace SecretsOps.LocalCluster.Protobuf;

/// <summary>Reads the protobuf wire format: <c>tag = number &lt;&lt; 3 | type</c>, types varint 0, fixed64 1, bytes 2, fixed32 5.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;
    private const int Fixed32 = 5;
    private const int LongestVarint = 10;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The number value of the field just read, unless it was bytes.</summary>
    internal long Number { get; private set; }

    /// <summary>The bytes of the field just read, empty when it was a number.</summary>
    internal ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Reads the next field; false at the end.</summary>
    /// <exception cref="FormatException">The bytes are no protobuf.</exception>
    internal bool Read(out int field)
    {
        field = 0;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var tag = ReadVarint();
        field = (int)(tag >> 3);
        Bytes = default;
        Number = 0;
        switch ((int)(tag & 7))
        {
            case Varint:
                Number = unchecked((long)ReadVarint()); // negative numbers are sent as their two's complement
                break;
            case Fixed64:
                Number = BinaryPrimitives.ReadInt64LittleEndian(Take(8));
                break;
            case Fixed32:
                Number = BinaryPrimitives.ReadInt32LittleEndian(Take(4));
                break;
            case Delimited:
                Bytes = Take((int)Math.Min(ReadVarint(), int.MaxValue));
                break;
            default:
                throw new FormatException("a protobuf field has a wire type that does not exist");
        }

        return true;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            throw new FormatException("a protobuf field is longer than what is left");
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var index = 0; index < LongestVarint; index++)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << (7 * index);
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new FormatException("a protobuf number is too long");
    }
}
