using System.Buffers;
using System.Text;

namespace SecretsOps.LocalCluster.Protobuf;

/// <summary>Writes protobuf messages of text and nested messages.</summary>
internal sealed class WireWriter
{
    private const int Delimited = 2;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    internal ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    internal WireWriter Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    internal WireWriter Message(int field, WireWriter message) => Bytes(field, message.Written);

    private WireWriter Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        Varint((uint)((field << 3) | Delimited));
        Varint((uint)bytes.Length);
        _buffer.Write(bytes);
        return this;
    }

    private void Varint(uint value)
    {
        while (value >= 0x80)
        {
            _buffer.Write([(byte)((value & 0x7F) | 0x80)]);
            value >>= 7;
        }

        _buffer.Write([(byte)value]);
    }
}
