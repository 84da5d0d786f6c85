using System.Buffers.Binary;

namespace SecretsOps.KeyManagement.Remote;

/// <summary>One message on the wire of gRPC: a byte "not compressed", four bytes of length, the message.</summary>
internal static class GrpcFrame
{
    private const int HeaderSize = 5;

    public static byte[] Write(ReadOnlySpan<byte> message)
    {
        var frame = new byte[HeaderSize + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame.AsSpan(HeaderSize));
        return frame;
    }

    /// <summary>The only message in <paramref name="frame"/>; <c>null</c> when it is not exactly one, or compressed.</summary>
    public static byte[]? TryRead(ReadOnlySpan<byte> frame) =>
        frame.Length >= HeaderSize && frame[0] == 0 && BinaryPrimitives.ReadUInt32BigEndian(frame[1..]) == (uint)(frame.Length - HeaderSize)
            ? frame[HeaderSize..].ToArray()
            : null;
}
