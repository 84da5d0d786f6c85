using System.Text;

namespace SecretsOps.KeyManagement.Protobuf;

// proto3 wire format: tag = field number << 3 | wire type; 0 = varint, 2 = length-delimited. Empty fields are not written.

/// <summary>Writes the few kinds of field that key services use.</summary>
internal sealed class ProtoWriter
{
    private readonly List<byte> _bytes = [];

    public ProtoWriter Text(int field, string? value) => Bytes(field, Encoding.UTF8.GetBytes(value ?? ""));

    public ProtoWriter Bytes(int field, ReadOnlySpan<byte> value) => value.IsEmpty ? this : Message(field, value);

    /// <summary>A nested message, written even when it is empty: its presence says which key it is.</summary>
    public ProtoWriter Message(int field, ReadOnlySpan<byte> value)
    {
        Varint(((uint)field << 3) | 2);
        Varint((uint)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    public byte[] ToArray() => [.. _bytes];

    private void Varint(uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Add((byte)((value & 0x7f) | 0x80));
        }

        _bytes.Add((byte)value);
    }
}
