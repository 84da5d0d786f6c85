using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace SecretsOps.Cryptography.Hybrid;

// RFC 7468 text encoding, as loosely read as OpenSSL and Go read it: text between blocks is skipped, line lengths do not matter.

/// <summary>Walks the PEM blocks of a text in UTF-8.</summary>
public ref struct PemBlocks
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts before the first block.</summary>
    public PemBlocks(ReadOnlySpan<byte> text)
    {
        _rest = text;
        Label = default;
        Body = default;
    }

    /// <summary>The block's label, such as <c>CERTIFICATE</c>.</summary>
    public ReadOnlySpan<byte> Label { get; private set; }

    private ReadOnlySpan<byte> Body { get; set; }

    /// <summary>Moves to the next well-framed block, if there is one.</summary>
    public bool MoveNext()
    {
        while (true)
        {
            var begin = _rest.IndexOf("-----BEGIN "u8);
            if (begin < 0)
            {
                return false;
            }

            var afterBegin = _rest[(begin + 11)..];
            var labelLength = afterBegin.IndexOf("-----"u8);
            if (labelLength < 0)
            {
                return false;
            }

            _rest = afterBegin[(labelLength + 5)..];
            if (TryClose(afterBegin[..labelLength]))
            {
                return true;
            }
        }
    }

    /// <summary>The block's content; null when its base64 is broken. The caller wipes it where it is a key.</summary>
    public readonly byte[]? Decode()
    {
        var compact = new byte[Body.Length];
        var length = 0;
        foreach (var character in Body)
        {
            if (character is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                compact[length++] = character;
            }
        }

        var status = Base64.DecodeFromUtf8InPlace(compact.AsSpan(0, length), out var written);
        var content = status == OperationStatus.Done && length > 0 ? compact.AsSpan(0, written).ToArray() : null;
        CryptographicOperations.ZeroMemory(compact);
        return content;
    }

    private bool TryClose(ReadOnlySpan<byte> label)
    {
        var end = _rest.IndexOf("-----END "u8);
        if (end < 0 || !_rest[(end + 9)..].StartsWith(label) || !_rest[(end + 9 + label.Length)..].StartsWith("-----"u8))
        {
            return false;
        }

        Label = label;
        Body = _rest[..end];
        _rest = _rest[(end + 9 + label.Length + 5)..];
        return true;
    }
}
