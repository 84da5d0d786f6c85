using System.Globalization;
using System.Numerics;
using System.Text;
using SecretsOps.Templating.Values;

namespace SecretsOps.Templating.Parsing;

/// <summary>Reads Go's number and character constants: an int, or a float64 when it is written as one.</summary>
internal static class GoNumberLiteral
{
    internal static object? Parse(string text)
    {
        if (text[0] == '\'')
        {
            return ParseCharacter(text);
        }

        var integer = ParseInteger(text);
        if (integer is not null)
        {
            return integer >= nint.MinValue && integer <= nint.MaxValue ? (nint)integer.Value : null;
        }

        var plain = text.Replace("_", "", StringComparison.Ordinal);
        return plain.AsSpan().IndexOfAny(".eE") >= 0
            && double.TryParse(plain, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
            ? number
            : null;
    }

    internal static string Problem(string text) =>
        ParseInteger(text) is not null ? $"integer overflow: {GoQuote.Quote(text)}" : $"bad number syntax: {GoQuote.Quote(text)}";

    /// <summary>An integer by Go's rules for base 0: 0x, 0o, 0b, a leading zero for octal, underscores between digits.</summary>
    internal static BigInteger? ParseInteger(string text)
    {
        var isNegative = text.StartsWith('-');
        var digits = text.TrimStart('+', '-').Replace("_", "", StringComparison.Ordinal);
        var (radix, start) = digits switch
        {
            ['0', 'x' or 'X', ..] => (16, 2),
            ['0', 'b' or 'B', ..] => (2, 2),
            ['0', 'o' or 'O', ..] => (8, 2),
            ['0', _, ..] => (8, 1),
            _ => (10, 0),
        };
        if (digits.Length == start || digits.Length > 100 || text.Length > text.TrimStart('+', '-').Length + 1)
        {
            return null;
        }

        var value = BigInteger.Zero;
        foreach (var c in digits.AsSpan(start))
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 99;
            if (digit >= radix)
            {
                return null;
            }

            value = (value * radix) + digit;
        }

        return isNegative ? -value : value;
    }

    private static object? ParseCharacter(string text)
    {
        if (GoQuote.Unquote(text[1..^1]) is not { Length: > 0 } carrier)
        {
            return null;
        }

        var status = Rune.DecodeFromUtf8(ByteText.ToBytes(carrier), out var rune, out var length);
        return status == System.Buffers.OperationStatus.Done && length == carrier.Length ? (nint)rune.Value
            : carrier.Length == 1 ? (nint)carrier[0]
            : null;
    }
}
