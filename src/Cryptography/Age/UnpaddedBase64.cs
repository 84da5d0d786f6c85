using System.Buffers.Text;
using System.Text;

namespace SecretsOps.Cryptography.Age;

/// <summary>Standard base64 without padding, canonical only, as stanzas carry it.</summary>
internal static class UnpaddedBase64
{
    public static string Encode(ReadOnlySpan<byte> data) => Convert.ToBase64String(data).TrimEnd('=');

    /// <summary>Decodes; false for a foreign character, padding, an impossible length or stray bits at the end.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] data)
    {
        data = [];
        if (text.Length % 4 == 1)
        {
            return false;
        }

        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('+' or '/'))
            {
                return false;
            }
        }

        var padded = new byte[(text.Length + 3) / 4 * 4];
        Encoding.ASCII.GetBytes(text, padded);
        padded.AsSpan(text.Length).Fill((byte)'=');
        var decoded = new byte[text.Length * 3 / 4];
        Base64.DecodeFromUtf8(padded, decoded, out _, out var written);
        if (written != decoded.Length || !text.SequenceEqual(Encode(decoded)))
        {
            return false;
        }

        data = decoded;
        return true;
    }
}
