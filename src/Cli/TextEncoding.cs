using System.Text;

namespace SecretsOps.Cli;

/// <summary>Turns what editors and shells write into UTF-8 without a byte order mark: Windows shells redirect in UTF-16.</summary>
internal static class TextEncoding
{
    internal static byte[] ToUtf8(byte[] text)
    {
        if (text.AsSpan().StartsWith("\uFEFF"u8))
        {
            return text[3..];
        }

        var encoding = text switch
        {
            [0xFF, 0xFE, ..] => Encoding.Unicode,
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode,
            _ => null,
        };
        return encoding is null ? text : Encoding.UTF8.GetBytes(encoding.GetString(text, 2, text.Length - 2));
    }
}
