using System.Text;

namespace SecretsOps.Cryptography.Age;

// Strict PEM (C2SP age.md, "ASCII armor"): label AGE ENCRYPTED FILE, padded canonical base64, 64 columns, no headers;
// LF or CRLF; white space around the block, and nothing else.

/// <summary>Tells armored files from binary ones.</summary>
public static class AgeArmor
{
    internal const string Begin = "-----BEGIN AGE ENCRYPTED FILE-----";
    internal const string End = "-----END AGE ENCRYPTED FILE-----";
    internal const int Columns = 64;

    /// <summary>Whether the bytes begin, after white space, as an armored or a binary age file.</summary>
    public static bool IsAgeFile(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("age-encryption.org/"u8) || bytes.TrimStart(" \t\r\n"u8).StartsWith("-----BEGIN AGE"u8);

    internal static Stream ToStream(ReadOnlyMemory<byte> file) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(file, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(file.ToArray(), writable: false);

    /// <summary>The binary file in <paramref name="source"/>, whichever form it has.</summary>
    internal static Stream Unwrap(Stream source)
    {
        var start = new byte[Encoding.ASCII.GetByteCount(Begin)];
        var length = source.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        var whole = new PrefixedStream(start.AsMemory(0, length), source);
        var text = start.AsSpan(0, length).TrimStart(" \t\r\n"u8);
        var isArmored = text.Length < length || text.StartsWith("-----BEGIN"u8);
        return isArmored ? new ArmorReadStream(whole) : whole;
    }
}
