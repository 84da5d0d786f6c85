using System.Buffers.Binary;
using System.Text;

namespace SecretsOps.Cryptography.Age.Ssh;

/// <summary>Reads the fields of SSH's binary format (RFC 4251, section 5).</summary>
internal ref struct SshReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public uint ReadUInt32()
    {
        var value = BinaryPrimitives.ReadUInt32BigEndian(Take(4));
        return value;
    }

    /// <summary>A length and that many bytes.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        var length = ReadUInt32();
        return Take(length <= _rest.Length ? (int)length : int.MaxValue);
    }

    public string ReadText() => Encoding.ASCII.GetString(ReadBytes());

    /// <summary>A non-negative integer without leading zeros.</summary>
    public ReadOnlySpan<byte> ReadInteger() => ReadBytes().TrimStart((byte)0);

    public ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            throw new AgeException(AgeFailure.Header, "malformed SSH key: it ends early");
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
