using System.Text;

namespace SecretsOps.KeyManagement.Protobuf;

/// <summary>Reads the length-delimited fields of a proto3 message; others are passed over.</summary>
internal sealed class ProtoFields
{
    private readonly List<(int Field, byte[] Value)> _fields = [];

    private ProtoFields()
    {
    }

    /// <summary>Reads a message; <c>null</c> when it is malformed.</summary>
    public static ProtoFields? TryRead(ReadOnlySpan<byte> message)
    {
        var fields = new ProtoFields();
        while (!message.IsEmpty)
        {
            if (!TryVarint(ref message, out var tag) || !fields.TryReadField(ref message, tag))
            {
                return null;
            }
        }

        return fields;
    }

    /// <summary>The last value of a field, as proto3 wants; empty when absent.</summary>
    public byte[] Bytes(int field) => _fields.LastOrDefault(candidate => candidate.Field == field).Value ?? [];

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public bool Has(int field) => _fields.Exists(candidate => candidate.Field == field);

    /// <summary>All values of a repeated field.</summary>
    public IEnumerable<byte[]> All(int field) => _fields.Where(candidate => candidate.Field == field).Select(candidate => candidate.Value);

    private bool TryReadField(ref ReadOnlySpan<byte> message, ulong tag)
    {
        var length = 0UL;
        switch (tag & 7)
        {
            case 0:
                return TryVarint(ref message, out _);
            case 1:
                length = 8;
                break;
            case 5:
                length = 4;
                break;
            case 2 when TryVarint(ref message, out length):
                break;
            default:
                return false;
        }

        if (length > (ulong)message.Length || tag >> 3 is 0 or > int.MaxValue)
        {
            return false;
        }

        if ((tag & 7) == 2)
        {
            _fields.Add(((int)(tag >> 3), message[..(int)length].ToArray()));
        }

        message = message[(int)length..];
        return true;
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> message, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64 && !message.IsEmpty; shift += 7)
        {
            var octet = message[0];
            message = message[1..];
            value |= (ulong)(octet & 0x7f) << shift;
            if (octet < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
