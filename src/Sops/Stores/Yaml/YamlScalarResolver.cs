using System.Buffers.Text;
using System.Globalization;
using System.Text;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>Finds the type of a scalar as go-yaml v3 does: the first character decides whether a number is tried at all.</summary>
internal static class YamlScalarResolver
{
    /// <summary>The typed scalar of a node.</summary>
    /// <exception cref="YamlSyntaxException">The explicit tag does not fit the text.</exception>
    public static TreeScalar Resolve(YamlNode node)
    {
        var isQuoted = node.Style != YamlScalarStyle.Plain;
        return node.Tag switch
        {
            null or "!" when isQuoted => Text(node),
            null => ResolvePlain(node.Value),
            "!!str" => Text(node),
            "!!binary" => new TreeScalar(TreeScalarKind.Text, FromBase64(node)),
            "!!bool" or "!!int" or "!!float" or "!!null" or "!!timestamp" => ResolveTagged(node),
            _ => Text(node),
        };
    }

    /// <summary>The typed scalar of plain text.</summary>
    public static TreeScalar ResolvePlain(ReadOnlyMemory<byte> value)
    {
        var text = value.Span;
        if (text.IsEmpty)
        {
            return TreeScalar.Null;
        }

        return text[0] switch
        {
            >= (byte)'0' and <= (byte)'9' or (byte)'+' or (byte)'-' or (byte)'.' => Number(text) ?? new TreeScalar(TreeScalarKind.Text, value),
            (byte)'t' or (byte)'T' or (byte)'f' or (byte)'F' or (byte)'n' or (byte)'N' or (byte)'~' => Word(text) ?? new TreeScalar(TreeScalarKind.Text, value),
            _ => new TreeScalar(TreeScalarKind.Text, value),
        };
    }

    /// <summary>Whether plain text stays a string when it is read back.</summary>
    public static bool IsPlainText(ReadOnlySpan<byte> text) =>
        text.Length > 0 && (text[0] switch
        {
            >= (byte)'0' and <= (byte)'9' or (byte)'+' or (byte)'-' or (byte)'.' => Number(text),
            (byte)'t' or (byte)'T' or (byte)'f' or (byte)'F' or (byte)'n' or (byte)'N' or (byte)'~' => Word(text),
            _ => null,
        }) is null;

    private static TreeScalar Text(YamlNode node) => new(TreeScalarKind.Text, node.Value);

    private static TreeScalar? Word(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("true"u8) || text.SequenceEqual("True"u8) || text.SequenceEqual("TRUE"u8))
        {
            return TreeScalar.OfTruth(true);
        }

        if (text.SequenceEqual("false"u8) || text.SequenceEqual("False"u8) || text.SequenceEqual("FALSE"u8))
        {
            return TreeScalar.OfTruth(false);
        }

        var isNull = text.SequenceEqual("~"u8) || text.SequenceEqual("null"u8) || text.SequenceEqual("Null"u8) || text.SequenceEqual("NULL"u8);
        return isNull ? TreeScalar.Null : null;
    }

    private static TreeScalar? Number(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > 400 || utf8.ContainsAnyInRange((byte)0x80, (byte)0xFF))
        {
            return null;
        }

        var text = Encoding.ASCII.GetString(utf8);
        if (SpecialFloat(text) is { } special)
        {
            return TreeScalar.OfNumber(special);
        }

        if (text[0] == '.')
        {
            return GoNumber.TryParseFloat(text, out var fraction) ? TreeScalar.OfNumber(fraction) : null;
        }

        if (YamlTimestamp.TryParse(text, out var time))
        {
            return TreeScalar.OfTime(time);
        }

        var plain = text.Replace("_", "", StringComparison.Ordinal);
        return Whole(plain)
            ?? (IsFloat(plain) && GoNumber.TryParseFloat(plain, out var number) ? TreeScalar.OfNumber(number) : null);
    }

    private static double? SpecialFloat(string text) => text switch
    {
        ".nan" or ".NaN" or ".NAN" => double.NaN,
        ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => double.PositiveInfinity,
        "-.inf" or "-.Inf" or "-.INF" => double.NegativeInfinity,
        _ => null,
    };

    /// <summary>Decimal, <c>0x</c>, <c>0b</c>, <c>0o</c>, and a leading zero for octal.</summary>
    private static TreeScalar? Whole(string text)
    {
        var isNegative = text[0] == '-';
        var digits = text.AsSpan(text[0] is '-' or '+' ? 1 : 0);
        var radix = 10;
        if (digits.Length > 1 && digits[0] == '0')
        {
            radix = digits[1] switch { 'x' or 'X' => 16, 'b' or 'B' => 2, _ => 8 };
            digits = digits[(char.IsAsciiDigit(digits[1]) ? 1 : 2)..];
            if (radix == 8 && !char.IsAsciiDigit(text[text.IndexOf('0', StringComparison.Ordinal) + 1]) && text[text.IndexOf('0', StringComparison.Ordinal) + 1] is not ('o' or 'O'))
            {
                return null;
            }
        }

        return TryMagnitude(digits, (uint)radix, out var magnitude) ? Signed(magnitude, isNegative, hasPlus: text[0] == '+') : null;
    }

    private static TreeScalar? Signed(ulong magnitude, bool isNegative, bool hasPlus)
    {
        if (isNegative)
        {
            return magnitude <= 1ul << 63 ? TreeScalar.OfNumber(unchecked(-(long)magnitude)) : null;
        }

        if (magnitude <= long.MaxValue)
        {
            return TreeScalar.OfNumber((long)magnitude);
        }

        return hasPlus ? null : new TreeScalar(TreeScalarKind.TooLargeNumber, Encoding.ASCII.GetBytes(magnitude.ToString(CultureInfo.InvariantCulture)));
    }

    private static bool TryMagnitude(ReadOnlySpan<char> digits, uint radix, out ulong magnitude)
    {
        magnitude = 0;
        foreach (var character in digits)
        {
            var digit = char.IsAsciiHexDigit(character) ? (uint)Convert.ToInt32(character.ToString(), 16) : uint.MaxValue;
            if (digit >= radix || magnitude > (ulong.MaxValue - digit) / radix)
            {
                return false;
            }

            magnitude = (magnitude * radix) + digit;
        }

        return digits.Length > 0;
    }

    /// <summary>Sign, digits with an optional fraction or a dot with digits, an optional exponent.</summary>
    private static bool IsFloat(string text)
    {
        var at = text[0] is '+' or '-' ? 1 : 0;
        var whole = SkipDigits(text, ref at);
        var fraction = 0;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            fraction = SkipDigits(text, ref at);
        }

        if (whole + fraction == 0)
        {
            return false;
        }

        if (at < text.Length && text[at] is 'e' or 'E')
        {
            at++;
            at += at < text.Length && text[at] is '+' or '-' ? 1 : 0;
            return SkipDigits(text, ref at) > 0 && at == text.Length;
        }

        return at == text.Length;
    }

    private static int SkipDigits(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at - start;
    }

    private static TreeScalar ResolveTagged(YamlNode node)
    {
        var resolved = ResolvePlain(node.Value);
        return (node.Tag, resolved.Kind) switch
        {
            ("!!bool", TreeScalarKind.Truth) or ("!!int", TreeScalarKind.WholeNumber or TreeScalarKind.TooLargeNumber)
                or ("!!float", TreeScalarKind.RealNumber) or ("!!null", TreeScalarKind.Null) or ("!!timestamp", TreeScalarKind.Time) => resolved,
            ("!!float", TreeScalarKind.WholeNumber) when GoNumber.TryParseFloat(resolved.Text, out var number) => TreeScalar.OfNumber(number),
            _ => throw new YamlSyntaxException($"cannot decode the scalar as a {node.Tag}", new YamlMark(node.Start, node.Line, node.Column)),
        };
    }

    private static byte[] FromBase64(YamlNode node)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(node.Value.Length)];
        return Base64.DecodeFromUtf8(node.Value.Span, bytes, out _, out var written) == System.Buffers.OperationStatus.Done
            ? bytes[..written]
            : throw new YamlSyntaxException("!!binary value contains invalid base64 data", new YamlMark(node.Start, node.Line, node.Column));
    }
}
