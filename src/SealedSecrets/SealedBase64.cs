using System.Buffers;
using System.Buffers.Text;

namespace SecretsOps.SealedSecrets;

// RFC 4648 section 4 as Go's base64.StdEncoding reads it: padding required, CR and LF skipped anywhere, nothing else;
// bits that the padding leaves over are not looked at. The position in an error is the one Go reports, since it ends up in status messages.

/// <summary>Reads standard base64 as the Go programs around Kubernetes do, down to the position named in an error.</summary>
public static class SealedBase64
{
    /// <summary>Decodes; on failure <paramref name="errorOffset"/> is the input byte to complain about.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, out byte[] bytes, out int errorOffset)
    {
        var compact = new byte[text.Length];
        if (!TryCompact(text, compact, out var length, out errorOffset))
        {
            bytes = [];
            return false;
        }

        bytes = Decode(compact.AsSpan(0, length));
        return true;
    }

    /// <summary>The error text of Go's decoder.</summary>
    public static string ErrorAt(int offset) => $"illegal base64 data at input byte {offset}";

    private static byte[] Decode(Span<byte> compact)
    {
        ClearTrailingBits(compact);
        var status = Base64.DecodeFromUtf8InPlace(compact, out var written);
        return status == OperationStatus.Done ? compact[..written].ToArray() : throw new InvalidOperationException("The base64 was checked and does not decode.");
    }

    // .NET refuses non-zero bits beyond the last byte, Go does not.
    private static void ClearTrailingBits(Span<byte> compact)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        if (compact.Length < 4 || compact[^1] != (byte)'=')
        {
            return;
        }

        var (index, mask) = compact[^2] == (byte)'=' ? (compact.Length - 3, 0x30) : (compact.Length - 2, 0x3C);
        compact[index] = (byte)Alphabet[Alphabet.IndexOf((char)compact[index], StringComparison.Ordinal) & mask];
    }

    private static bool TryCompact(ReadOnlySpan<byte> text, Span<byte> compact, out int length, out int errorOffset)
    {
        length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (character is (byte)'\r' or (byte)'\n')
            {
                continue;
            }

            if (character == (byte)'=')
            {
                return TryClose(text, i, compact, ref length, out errorOffset);
            }

            if (!IsInAlphabet(character))
            {
                errorOffset = i;
                return false;
            }

            compact[length++] = character;
        }

        errorOffset = text.Length - (length % 4);
        return length % 4 == 0;
    }

    private static bool TryClose(ReadOnlySpan<byte> text, int at, Span<byte> compact, ref int length, out int errorOffset)
    {
        errorOffset = at;
        if (length % 4 < 2)
        {
            return false;
        }

        var next = SkipLineBreaks(text, at + 1);
        compact[length++] = (byte)'=';
        if (length % 4 != 0)
        {
            if (next == text.Length || text[next] != (byte)'=')
            {
                errorOffset = next == text.Length ? next : next - 1;
                return false;
            }

            compact[length++] = (byte)'=';
            next = SkipLineBreaks(text, next + 1);
        }

        errorOffset = next;
        return next == text.Length;
    }

    private static int SkipLineBreaks(ReadOnlySpan<byte> text, int index)
    {
        while (index < text.Length && text[index] is (byte)'\r' or (byte)'\n')
        {
            index++;
        }

        return index;
    }

    private static bool IsInAlphabet(byte character) =>
        char.IsAsciiLetterOrDigit((char)character) || character is (byte)'+' or (byte)'/';
}
