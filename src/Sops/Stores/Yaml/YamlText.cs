using System.Text;
using System.Text.Unicode;

namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>The bytes of a YAML file, checked to be UTF-8 without control characters and padded so that a scanner may look ahead.</summary>
internal sealed class YamlText
{
    private const int Padding = 8;

    private YamlText(byte[] bytes, int start)
    {
        Bytes = bytes;
        Start = start;
    }

    /// <summary>The text followed by zero bytes.</summary>
    public byte[] Bytes { get; }

    /// <summary>The first byte after a byte order mark.</summary>
    public int Start { get; }

    /// <exception cref="YamlSyntaxException">The bytes are no text.</exception>
    public static YamlText From(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || content.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            var encoding = content[0] == 0xFF ? Encoding.Unicode : Encoding.BigEndianUnicode;
            content = Encoding.UTF8.GetBytes(encoding.GetString(content[2..]));
        }

        if (!Utf8.IsValid(content))
        {
            throw new YamlSyntaxException("invalid UTF-8 text", default);
        }

        RefuseControlCharacters(content);
        var bytes = new byte[content.Length + Padding];
        content.CopyTo(bytes);
        return new YamlText(bytes, content.StartsWith("\uFEFF"u8) ? 3 : 0);
    }

    private static void RefuseControlCharacters(ReadOnlySpan<byte> content)
    {
        for (var index = 0; index < content.Length; index++)
        {
            var current = content[index];
            if (current is >= 0x20 and < 0x7F or (byte)'\n' or (byte)'\t' or (byte)'\r')
            {
                continue;
            }

            var isControl = current < 0x80
                || (current == 0xC2 && content[index + 1] is < 0xA0 and not 0x85)
                || (current == 0xEF && content[index + 1] == 0xBF && content[index + 2] >= 0xBE);
            if (isControl)
            {
                throw new YamlSyntaxException("control characters are not allowed", new YamlMark(index, content[..index].Count((byte)'\n'), 0));
            }
        }
    }
}
