using System.Globalization;
using System.Text;

namespace SecretsOps.Templating.Values;

/// <summary>Writes Go string literals (strconv.Quote) and reads them back.</summary>
internal static class GoQuote
{
    internal static string Quote(string carrier)
    {
        var result = new StringBuilder("\"");
        var bytes = ByteText.ToBytes(carrier).AsSpan();
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var length);
            if (status == System.Buffers.OperationStatus.Done)
            {
                result.Append(ByteText.FromText(Escape(rune, '"')));
            }
            else
            {
                length = 1;
                result.Append(CultureInfo.InvariantCulture, $"\\x{bytes[0]:x2}");
            }

            bytes = bytes[length..];
        }

        return result.Append('"').ToString();
    }

    internal static string QuoteRune(long value)
    {
        var rune = Rune.IsValid((int)Math.Clamp(value, int.MinValue, int.MaxValue)) ? new Rune((int)value) : Rune.ReplacementChar;
        return ByteText.FromText("'" + Escape(rune, '\'') + "'");
    }

    /// <summary>The value of a quoted literal without its quotes, or null when an escape is wrong.</summary>
    internal static string? Unquote(string literal)
    {
        var result = new StringBuilder();
        for (var i = 0; i < literal.Length; i++)
        {
            if (literal[i] != '\\')
            {
                result.Append(literal[i]);
                continue;
            }

            if (ReadEscape(literal, ref i) is not { } text)
            {
                return null;
            }

            result.Append(text);
        }

        return result.ToString();
    }

    private static string? ReadEscape(string literal, ref int i)
    {
        if (++i >= literal.Length)
        {
            return null;
        }

        switch (literal[i])
        {
            case 'x':
                return ReadNumber(literal, ref i, 1, 2, 16) is { } single ? ((char)single).ToString() : null;
            case 'u':
                return ReadRune(literal, ref i, 4);
            case 'U':
                return ReadRune(literal, ref i, 8);
            case >= '0' and <= '7':
                i--;
                return ReadNumber(literal, ref i, 1, 3, 8) is <= 255 and { } octal ? ((char)octal).ToString() : null;
            default:
                var at = "abfnrtv\\'\"".IndexOf(literal[i], StringComparison.Ordinal);
                return at < 0 ? null : "\a\b\f\n\r\t\v\\'\""[at].ToString();
        }
    }

    private static string? ReadRune(string literal, ref int i, int digits) =>
        ReadNumber(literal, ref i, 1, digits, 16) is { } code && Rune.IsValid(code) ? ByteText.FromText(new Rune(code).ToString()) : null;

    private static int? ReadNumber(string literal, ref int i, int skip, int digits, int radix)
    {
        var value = 0L;
        for (var n = 0; n < digits; n++)
        {
            var at = i + skip + n;
            var digit = at < literal.Length && char.IsAsciiHexDigit(literal[at]) ? Convert.ToInt32(literal[at].ToString(), 16) : 99;
            if (digit >= radix)
            {
                return null;
            }

            value = (value * radix) + digit;
        }

        i += skip + digits - 1;
        return value <= int.MaxValue ? (int)value : null;
    }

    private static string Escape(Rune rune, char quote) => rune.Value switch
    {
        '\a' => "\\a",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\v' => "\\v",
        '\\' => "\\\\",
        _ when rune.Value == quote => "\\" + quote,
        < ' ' or 0x7F => $"\\x{rune.Value:x2}",
        _ when IsPrintable(rune) => rune.ToString(),
        < 0x10000 => $"\\u{rune.Value:x4}",
        _ => $"\\U{rune.Value:x8}",
    };

    internal static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);
}
