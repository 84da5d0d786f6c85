using System.Globalization;
using System.Text;

namespace SecretsOps.Sops.Stores.Toml;

/// <summary>The four kinds of TOML strings: basic and literal, in one line or several.</summary>
internal static class TomlString
{
    /// <summary>Reads the string that begins here.</summary>
    public static string Read(TomlCursor cursor, bool allowsLines)
    {
        var quote = cursor.Current;
        var isMultiline = allowsLines && cursor.Rest.StartsWith(new string(quote, 3));
        cursor.Advance(isMultiline ? 3 : 1);
        if (isMultiline)
        {
            SkipFirstBreak(cursor);
        }

        var value = new StringBuilder();
        while (!TryClose(cursor, quote, isMultiline, value))
        {
            if (cursor.IsAtEnd || (!isMultiline && cursor.Current == '\n'))
            {
                throw cursor.Failure("a string does not end");
            }

            if (cursor.Current == '\\' && quote == '"')
            {
                ReadEscape(cursor, isMultiline, value);
                continue;
            }

            if (cursor.Current is < ' ' and not ('\t' or '\n' or '\r') or '\u007F')
            {
                throw cursor.Failure("a control character must be escaped");
            }

            value.Append(cursor.Current);
            cursor.Advance();
        }

        return value.ToString();
    }

    /// <summary>A basic string in one line.</summary>
    public static string Quote(string text) => $"\"{Escape(text, keepsBreaks: false)}\"";

    /// <summary>A basic string over several lines, for texts with line breaks.</summary>
    public static string QuoteLines(string text) => $"\"\"\"\n{Escape(text, keepsBreaks: true)}\"\"\"";

    private static string Escape(string text, bool keepsBreaks)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            _ = character switch
            {
                '\\' => escaped.Append("\\\\"),
                '"' => escaped.Append("\\\""),
                '\n' when keepsBreaks => escaped.Append('\n'),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                < ' ' or '\u007F' => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}"),
                _ => escaped.Append(character),
            };
        }

        return escaped.ToString();
    }

    private static void SkipFirstBreak(TomlCursor cursor)
    {
        if (cursor.Rest.StartsWith("\r\n"))
        {
            cursor.Advance();
        }

        cursor.TryTake('\n');
    }

    /// <summary>Steps over the end of the string. Up to two quotes may stand right before the three that end a string of several lines.</summary>
    private static bool TryClose(TomlCursor cursor, char quote, bool isMultiline, StringBuilder value)
    {
        if (!isMultiline)
        {
            return cursor.TryTake(quote);
        }

        var quotes = 0;
        while (quotes < 5 && quotes < cursor.Rest.Length && cursor.Rest[quotes] == quote)
        {
            quotes++;
        }

        if (quotes < 3)
        {
            return false;
        }

        value.Append(quote, quotes - 3);
        cursor.Advance(quotes);
        return true;
    }

    private static void ReadEscape(TomlCursor cursor, bool isMultiline, StringBuilder value)
    {
        cursor.Advance();
        var letter = cursor.Current;
        if (isMultiline && letter is ' ' or '\t' or '\n' or '\r')
        {
            // A backslash at the end of a line takes the break and the blanks after it.
            cursor.SkipBlankLines();
            return;
        }

        cursor.Advance();
        switch (letter)
        {
            case 'u' or 'U':
                value.Append(ReadCodePoint(cursor, letter == 'u' ? 4 : 8));
                break;
            case 'b' or 't' or 'n' or 'f' or 'r' or '"' or '\\':
                value.Append(letter switch { 'b' => '\b', 't' => '\t', 'n' => '\n', 'f' => '\f', 'r' => '\r', _ => letter });
                break;
            default:
                throw cursor.Failure("an unknown escape in a string");
        }
    }

    private static string ReadCodePoint(TomlCursor cursor, int digits)
    {
        if (cursor.Rest.Length < digits
            || !uint.TryParse(cursor.Rest[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || !Rune.IsValid(code))
        {
            throw cursor.Failure("an escape names no character");
        }

        cursor.Advance(digits);
        return new Rune(code).ToString();
    }
}
