using System.Globalization;
using System.Text;

namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>Writes a scalar in one style; lines are never folded.</summary>
internal static class YamlScalarWriter
{
    public static void Write(YamlOutput output, ReadOnlySpan<byte> text, YamlScalarStyle style, int indent, int indentHint, string? lineComment)
    {
        switch (style)
        {
            case YamlScalarStyle.Plain:
                Separate(output);
                output.Raw(text);
                break;
            case YamlScalarStyle.SingleQuoted:
                SingleQuoted(output, text, indent);
                break;
            case YamlScalarStyle.Literal:
                Literal(output, text, indent, indentHint, lineComment);
                return;
            default:
                DoubleQuoted(output, text);
                break;
        }

        if (lineComment is not null)
        {
            output.Raw(" "u8);
            output.Comment(lineComment);
        }
    }

    private static void Separate(YamlOutput output)
    {
        if (!output.IsAfterBlank)
        {
            output.Raw(" "u8);
        }
    }

    private static void SingleQuoted(YamlOutput output, ReadOnlySpan<byte> text, int indent)
    {
        Separate(output);
        output.Raw("'"u8);
        var isAfterBreak = false;
        for (var at = 0; at < text.Length;)
        {
            var width = YamlCharacter.WidthOf(text[at]);
            if (YamlCharacter.IsBreak(text[at..]))
            {
                // Only NEL, LS and PS come here; texts with a newline are literal.
                output.WideBreak(text.Slice(at, width));
                isAfterBreak = true;
            }
            else
            {
                if (isAfterBreak)
                {
                    output.Indent(indent);
                    isAfterBreak = false;
                }

                output.Raw(text[at] == '\'' ? "''"u8 : text.Slice(at, width));
            }

            at += width;
        }

        output.Raw("'"u8);
    }

    private static void Literal(YamlOutput output, ReadOnlySpan<byte> text, int indent, int indentHint, string? lineComment)
    {
        Separate(output);
        output.Raw("|"u8);
        if (text[0] == ' ' || YamlCharacter.IsBreak(text))
        {
            output.Raw(Encoding.ASCII.GetBytes(indentHint.ToString(CultureInfo.InvariantCulture)));
        }

        output.Raw(Chomping(text));
        if (lineComment is not null)
        {
            output.Raw(" "u8);
            output.Raw("#"u8);
            output.Raw(Encoding.UTF8.GetBytes(lineComment));
        }

        output.Break();
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            if (!line.IsEmpty)
            {
                output.Indent(indent);
                output.Raw(line);
            }

            if (end < 0)
            {
                break;
            }

            output.Break();
            text = text[(end + 1)..];
        }
    }

    private static ReadOnlySpan<byte> Chomping(ReadOnlySpan<byte> text)
    {
        if (text[^1] != '\n')
        {
            return "-"u8;
        }

        return text.Length == 1 || text[^2] == '\n' ? "+"u8 : ""u8;
    }

    private static void DoubleQuoted(YamlOutput output, ReadOnlySpan<byte> text)
    {
        Separate(output);
        output.Raw("\""u8);
        // Compatibility: go-yaml asks whether the text begins with a byte order mark at every character, so all of such a text is escaped.
        var escapesAll = text.StartsWith("\uFEFF"u8);
        for (var at = 0; at < text.Length;)
        {
            var current = text[at];
            var width = YamlCharacter.WidthOf(current);
            var character = text.Slice(at, width);
            if (!escapesAll && current is not ((byte)'"' or (byte)'\\') && YamlCharacter.IsPrintable(character) && !YamlCharacter.IsBreak(character))
            {
                output.Raw(character);
            }
            else
            {
                Escaped(output, character);
            }

            at += width;
        }

        output.Raw("\""u8);
    }

    private static void Escaped(YamlOutput output, ReadOnlySpan<byte> character)
    {
        Rune.DecodeFromUtf8(character, out var rune, out _);
        var escape = rune.Value switch
        {
            0x00 => "\\0",
            0x07 => "\\a",
            0x08 => "\\b",
            0x09 => "\\t",
            0x0A => "\\n",
            0x0B => "\\v",
            0x0C => "\\f",
            0x0D => "\\r",
            0x1B => "\\e",
            0x22 => "\\\"",
            0x5C => "\\\\",
            0x85 => "\\N",
            0xA0 => "\\_",
            0x2028 => "\\L",
            0x2029 => "\\P",
            <= 0xFF => $"\\x{rune.Value:X2}",
            <= 0xFFFF => $"\\u{rune.Value:X4}",
            _ => $"\\U{rune.Value:X8}",
        };
        output.Raw(Encoding.ASCII.GetBytes(escape));
    }
}
