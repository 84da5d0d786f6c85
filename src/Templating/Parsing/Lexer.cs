using System.Text;
using SecretsOps.Templating.Values;

namespace SecretsOps.Templating.Parsing;

/// <summary>Cuts a template's source into tokens by the rules of Go's text/template.</summary>
internal sealed class Lexer(string name, string source)
{
    private const string Blanks = " \t\r\n";
    private static readonly string[] Keywords = ["block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"];

    private readonly List<Token> _tokens = [];
    private int _position;
    private int _openParentheses;

    internal List<Token> Run()
    {
        while (_position < source.Length)
        {
            ReadText();
            if (_position < source.Length)
            {
                ReadAction();
            }
        }

        _tokens.Add(new Token(TokenKind.End, "", source.Length));
        return _tokens;
    }

    internal TemplateException Error(int position, string problem) =>
        new(ByteText.ToText($"template: {name}:{1 + source.AsSpan(0, Math.Min(position, source.Length)).Count('\n')}: {problem}"));

    private void ReadText()
    {
        var start = _position;
        var end = source.IndexOf("{{", start, StringComparison.Ordinal);
        end = end < 0 ? source.Length : end;
        var text = source[start..end];
        _position = end;
        if (end < source.Length && IsTrimMarker(end + 2))
        {
            text = text.TrimEnd(Blanks.ToCharArray());
        }

        if (text.Length > 0)
        {
            _tokens.Add(new Token(TokenKind.Text, text, start));
        }
    }

    private bool IsTrimMarker(int at) => at + 1 < source.Length && source[at] == '-' && Blanks.Contains(source[at + 1], StringComparison.Ordinal);

    private void ReadAction()
    {
        var start = _position;
        _position += IsTrimMarker(_position + 2) ? 4 : 2;
        if (source.AsSpan(_position).StartsWith("/*"))
        {
            ReadComment();
            return;
        }

        _tokens.Add(new Token(TokenKind.LeftDelimiter, "{{", start));
        _openParentheses = 0;
        while (!TryReadEnd())
        {
            ReadInside();
        }
    }

    private void ReadComment()
    {
        var end = source.IndexOf("*/", _position + 2, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Error(_position, "unclosed comment");
        }

        _position = end + 2;
        if (!IsAtEnd(out var length, out var trims))
        {
            throw Error(_position, "comment ends before closing delimiter");
        }

        Close(length, trims);
    }

    private bool TryReadEnd()
    {
        if (!IsAtEnd(out var length, out var trims))
        {
            return false;
        }

        if (_openParentheses > 0)
        {
            throw Error(_position, "unclosed left paren");
        }

        _tokens.Add(new Token(TokenKind.RightDelimiter, "}}", _position));
        Close(length, trims);
        return true;
    }

    private bool IsAtEnd(out int length, out bool trims)
    {
        var rest = source.AsSpan(_position);
        trims = rest.Length >= 4 && Blanks.Contains(rest[0], StringComparison.Ordinal) && rest[1..].StartsWith("-}}");
        length = trims ? 4 : 2;
        return trims || rest.StartsWith("}}");
    }

    private void Close(int length, bool trims)
    {
        _position += length;
        while (trims && _position < source.Length && Blanks.Contains(source[_position], StringComparison.Ordinal))
        {
            _position++;
        }
    }

    private void ReadInside()
    {
        if (_position >= source.Length)
        {
            throw Error(_position, "unclosed action");
        }

        var c = source[_position];
        switch (c)
        {
            case ' ' or '\t' or '\r' or '\n':
                ReadSpace();
                break;
            case '=':
                Add(TokenKind.Assign, 1);
                break;
            case ':' when At(1) == '=':
                Add(TokenKind.Declare, 2);
                break;
            case ':':
                throw Error(_position, "expected :=");
            case '|':
                Add(TokenKind.Pipe, 1);
                break;
            case ',':
                Add(TokenKind.Comma, 1);
                break;
            case '"':
                ReadQuoted('"', TokenKind.QuotedString, "unterminated quoted string");
                break;
            case '\'':
                ReadQuoted('\'', TokenKind.Character, "unterminated character constant");
                break;
            case '`':
                ReadRaw();
                break;
            case '(':
                _openParentheses++;
                Add(TokenKind.LeftParenthesis, 1);
                break;
            case ')':
                ReadRightParenthesis();
                break;
            case '$':
                ReadWord(TokenKind.Variable);
                break;
            case '.' when !char.IsAsciiDigit(At(1)):
                ReadWord(TokenKind.Field);
                break;
            case '.' or '+' or '-' or (>= '0' and <= '9'):
                ReadNumber();
                break;
            default:
                ReadIdentifier(c);
                break;
        }
    }

    private char At(int offset) => _position + offset < source.Length ? source[_position + offset] : '\0';

    private void Add(TokenKind kind, int length)
    {
        _tokens.Add(new Token(kind, source.Substring(_position, length), _position));
        _position += length;
    }

    private void ReadSpace()
    {
        var length = 1;
        // the last blank before '-}}' belongs to the trim marker
        while (Blanks.Contains(At(length), StringComparison.Ordinal) && At(length) != '\0' && !source.AsSpan(_position + length + 1).StartsWith("-}}"))
        {
            length++;
        }

        Add(TokenKind.Space, length);
    }

    private void ReadRightParenthesis()
    {
        if (--_openParentheses < 0)
        {
            throw Error(_position, "unexpected right paren");
        }

        Add(TokenKind.RightParenthesis, 1);
    }

    private void ReadQuoted(char quote, TokenKind kind, string problem)
    {
        for (var length = 1; ; length++)
        {
            var c = At(length);
            if (_position + length >= source.Length || c == '\n')
            {
                throw Error(_position, problem);
            }

            if (c == quote)
            {
                Add(kind, length + 1);
                return;
            }

            length += c == '\\' ? 1 : 0;
        }
    }

    private void ReadRaw()
    {
        var end = source.IndexOf('`', _position + 1);
        if (end < 0)
        {
            throw Error(_position, "unterminated raw quoted string");
        }

        Add(TokenKind.RawString, end + 1 - _position);
    }

    private void ReadWord(TokenKind kind)
    {
        var length = 1;
        while (IsWordCharacter(At(length)))
        {
            length++;
        }

        RequireTerminator(length);
        Add(length == 1 && kind == TokenKind.Field ? TokenKind.Dot : kind, length);
    }

    private void ReadNumber()
    {
        var length = At(0) is '+' or '-' ? 1 : 0;
        while (char.IsAsciiLetterOrDigit(At(length)) || At(length) is '.' or '_' || (At(length) is '+' or '-' && At(length - 1) is 'e' or 'E' or 'p' or 'P'))
        {
            length++;
        }

        if (length == 0 || !char.IsAsciiDigit(source[_position + length - 1]) && !source.AsSpan(_position, length).ContainsAnyInRange('0', '9'))
        {
            throw Error(_position, $"bad number syntax: {GoQuote.Quote(source.Substring(_position, Math.Max(length, 1)))}");
        }

        Add(TokenKind.Number, length);
    }

    private void ReadIdentifier(char first)
    {
        if (!IsWordCharacter(first))
        {
            Rune.DecodeFromUtf8(ByteText.ToBytes(source[_position..Math.Min(_position + 4, source.Length)]), out var rune, out _);
            throw Error(_position, ByteText.FromText($"unexpected bad character U+{rune.Value:X4}{(GoQuote.IsPrintable(rune) ? $" '{rune}'" : "")} in command"));
        }

        var length = 1;
        while (IsWordCharacter(At(length)))
        {
            length++;
        }

        RequireTerminator(length);
        var word = source.Substring(_position, length);
        Add(word switch { "true" or "false" => TokenKind.Bool, "nil" => TokenKind.Nil, _ when Keywords.Contains(word) => TokenKind.Keyword, _ => TokenKind.Identifier }, length);
    }

    private void RequireTerminator(int length)
    {
        var c = At(length);
        if (c is not ('\0' or ' ' or '\t' or '\r' or '\n' or '.' or ',' or '|' or ':' or ')' or '(' or '=') && !source.AsSpan(_position + length).StartsWith("}}"))
        {
            throw Error(_position, $"bad character U+{(int)c:X4} '{c}'");
        }
    }

    // letters beyond ASCII arrive as bytes of UTF-8, all of them above 0x7F
    private static bool IsWordCharacter(char c) => c == '_' || c > 0x7F || char.IsAsciiLetterOrDigit(c);
}
