using System.Security.Cryptography;
using System.Text;
using SecretsOps.Templating.Values;
using static SecretsOps.Templating.Functions.Define;
using static SecretsOps.Templating.Functions.ParameterKind;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's functions on texts. Lengths and positions count bytes, as in Go.</summary>
internal static class StringFunctions
{
    private const string Space = " \t\n\v\f\r\u0085\u00A0";

    internal static IEnumerable<TemplateFunction> All =>
    [
        OfText("hello", name => $"Hello {name}!") with { Parameters = [], Body = _ => "Hello!" },
        OfText("trim", TrimSpace),
        Function("trimAll", [Text, Text], call => call.Text(1).Trim(call.Text(0).ToCharArray())),
        Function("trimall", [Text, Text], call => call.Text(1).Trim(call.Text(0).ToCharArray())),
        Function("trimSuffix", [Text, Text], call => RemoveSuffix(call.Text(1), call.Text(0))),
        Function("trimPrefix", [Text, Text], call => RemovePrefix(call.Text(1), call.Text(0))),
        OfText("nospace", text => ByteText.Map(text, decoded => string.Concat(decoded.Where(c => !char.IsWhiteSpace(c))))),
        Function("repeat", [Integer, Text], call => Repeat(call, call.Integer(0), call.Text(1))),
        Function("substr", [Integer, Integer, Text], call => Substring(call.Integer(0), call.Integer(1), call.Text(2))),
        Function("trunc", [Integer, Text], call => Truncate(call.Integer(0), call.Text(1))),
        Function("abbrev", [Integer, Text], call => call.Integer(0) < 4 ? call.Text(1) : Abbreviate(call.Text(1), 0, (int)call.Integer(0))),
        Function("abbrevboth", [Integer, Integer, Text], AbbreviateBoth),
        Function("contains", [Text, Text], call => call.Text(1).Contains(call.Text(0), StringComparison.Ordinal)),
        Function("hasPrefix", [Text, Text], call => call.Text(1).StartsWith(call.Text(0), StringComparison.Ordinal)),
        Function("hasSuffix", [Text, Text], call => call.Text(1).EndsWith(call.Text(0), StringComparison.Ordinal)),
        Variadic("quote", [Any], call => Joined(call, text => GoQuote.Quote(text))),
        Variadic("squote", [Any], call => string.Join(' ', call.Arguments.Where(item => item is not null).Select(item => $"'{GoFormat.Value(item)}'"))),
        Variadic("cat", [Any], call => string.Join(' ', call.Arguments.Where(item => item is not null).Select(GoFormat.Value))),
        Function("indent", [Integer, Text], call => Indent(call, call.Integer(0), call.Text(1))),
        Function("nindent", [Integer, Text], call => "\n" + Indent(call, call.Integer(0), call.Text(1))),
        Function("replace", [Text, Text, Text], Replace),
        Function("plural", [Text, Text, Integer], call => call.Integer(2) == 1 ? call[0] : call[1]),
        Function("toString", [Any], call => Cast.ToText(call[0])),
        Function("toStrings", [Any], call => Cast.TextList(Cast.ToTexts(call[0]))),
        Function("join", [Text, Any], call => string.Join(call.Text(0), Cast.ToTexts(call[1]))),
        Function("splitList", [Text, Text], call => Cast.TextList(Split(call.Text(1), call.Text(0), -1))),
        Function("split", [Text, Text], call => Numbered(Split(call.Text(1), call.Text(0), -1))),
        Function("splitn", [Text, Integer, Text], call => Numbered(Split(call.Text(2), call.Text(0), call.Integer(1)))),
        Function("wrap", [Integer, Text], call => Wrap(call.Text(1), (int)call.Integer(0), "\n", breaksWords: false)),
        Function("wrapWith", [Integer, Text, Text], call => Wrap(call.Text(2), (int)call.Integer(0), call.Text(1), breaksWords: true)),
#pragma warning disable CA5350 // templates ask for SHA-1 as a checksum
        OfText("sha1sum", text => Convert.ToHexStringLower(SHA1.HashData(ByteText.ToBytes(text)))),
#pragma warning restore CA5350
        OfText("sha256sum", text => Convert.ToHexStringLower(SHA256.HashData(ByteText.ToBytes(text)))),
        OfText("sha512sum", text => Convert.ToHexStringLower(SHA512.HashData(ByteText.ToBytes(text)))),
        OfText("adler32sum", Adler32),
        Function("fail", [Text], call => throw new TemplateFunctionException(call.Text(0))),
    ];

    // bytes 0x85 and 0xA0 are blanks only as characters of their own, never inside a UTF-8 sequence
    private static string TrimSpace(string carrier) =>
        ByteText.TryToText(carrier) is { } text ? ByteText.FromText(text.Trim()) : carrier.Trim(Space[..6].ToCharArray());

    private static string RemoveSuffix(string text, string suffix) =>
        text.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text;

    private static string RemovePrefix(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;

    private static string Repeat(FunctionCall call, nint count, string text)
    {
        if (count < 0)
        {
            throw new TemplateFunctionException("strings: negative Repeat count");
        }

        var length = call.Bounded((long)Math.Min(count, int.MaxValue) * text.Length);
        return new StringBuilder(length).Insert(0, text, text.Length == 0 ? 0 : (int)count).ToString();
    }

    private static string Substring(nint start, nint end, string text)
    {
        if (start < 0)
        {
            return text[..Position(end, text)];
        }

        return end < 0 || end > text.Length ? text[Position(start, text)..] : text[Position(Math.Min(start, end), text)..Position(end, text)];
    }

    private static int Position(nint at, string text) =>
        at >= 0 && at <= text.Length ? (int)at : throw new TemplateFunctionException($"slice bounds out of range [{at}] with length {text.Length}");

    private static string Truncate(nint length, string text)
    {
        if (length < 0)
        {
            return text.Length + length > 0 ? text[(int)(text.Length + length)..] : text;
        }

        return text.Length > length ? text[..(int)length] : text;
    }

    private static object AbbreviateBoth(FunctionCall call)
    {
        var (left, right, text) = (call.Integer(0), call.Integer(1), call.Text(2));
        return right < 4 || (left > 0 && right < 7) ? text : Abbreviate(text, (int)left, (int)right);
    }

    private static string Abbreviate(string text, int offset, int width)
    {
        if (text.Length <= width)
        {
            return text;
        }

        offset = Math.Min(offset, text.Length);
        offset = text.Length - offset < width - 3 ? text.Length - (width - 3) : offset;
        if (offset <= 4)
        {
            return text[..(width - 3)] + "...";
        }

        return offset + width - 3 < text.Length
            ? "..." + Abbreviate(text[offset..], 0, width - 3)
            : "..." + text[^(width - 3)..];
    }

    private static string Joined(FunctionCall call, Func<string, string> change) =>
        string.Join(' ', call.Arguments.Where(item => item is not null).Select(item => change(Cast.ToText(item))));

    private static string Indent(FunctionCall call, nint spaces, string text)
    {
        if (spaces < 0)
        {
            throw new TemplateFunctionException("strings: negative Repeat count");
        }

        var lines = 1L + text.AsSpan().Count('\n');
        call.Bounded(text.Length + (lines * Math.Min(spaces, int.MaxValue)));
        var padding = new string(' ', (int)spaces);
        return padding + text.Replace("\n", "\n" + padding, StringComparison.Ordinal);
    }

    private static object Replace(FunctionCall call)
    {
        var (old, replacement, text) = (call.Text(0), call.Text(1), call.Text(2));
        if (old.Length > 0)
        {
            call.Bounded(text.Length + ((long)text.Length / old.Length * Math.Max(replacement.Length - old.Length, 0)));
            return text.Replace(old, replacement, StringComparison.Ordinal);
        }

        // an empty text is found before every character and at the end
        var runes = ByteText.ToText(text).EnumerateRunes().Select(rune => ByteText.FromText(rune.ToString())).ToList();
        call.Bounded(text.Length + ((runes.Count + 1L) * replacement.Length));
        return replacement + string.Concat(runes.Select(rune => rune + replacement));
    }

    internal static IReadOnlyList<string> Split(string text, string separator, nint most)
    {
        if (most == 0)
        {
            return [];
        }

        if (separator.Length == 0)
        {
            return [.. ByteText.ToText(text).EnumerateRunes().Select(rune => ByteText.FromText(rune.ToString()))];
        }

        return most < 0 ? text.Split(separator) : text.Split(separator, (int)Math.Min(most, int.MaxValue));
    }

    private static GoMap Numbered(IReadOnlyList<string> parts)
    {
        var map = new GoMap { HasTextValues = true };
        for (var i = 0; i < parts.Count; i++)
        {
            map[$"_{i}"] = parts[i];
        }

        return map;
    }

    private static string Wrap(string text, int width, string newLine, bool breaksWords)
    {
        width = Math.Max(width, 1);
        var result = new StringBuilder();
        var offset = 0;
        while (text.Length - offset > width)
        {
            if (text[offset] == ' ')
            {
                offset++;
                continue;
            }

            var blank = text.LastIndexOf(' ', offset + width, width + 1);
            if (blank < 0 && !breaksWords)
            {
                blank = text.IndexOf(' ', offset + width);
                blank = blank < 0 ? text.Length : blank;
            }

            var end = blank < 0 ? offset + width : blank;
            result.Append(text, offset, end - offset);
            if (end == text.Length)
            {
                return result.ToString();
            }

            result.Append(newLine);
            offset = blank < 0 ? end : end + 1;
        }

        return result.Append(text, offset, text.Length - offset).ToString();
    }

    private static string Adler32(string text)
    {
        var (a, b) = (1u, 0u);
        foreach (var c in text)
        {
            a = (a + c) % 65521;
            b = (b + a) % 65521;
        }

        return $"{(b << 16) | a}";
    }
}
