using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace SecretsOps.Sops.Configuration;

/// <summary>Compiles an expression in RE2's syntax, as Go's regexp reads it, to a .NET expression that runs in linear time.</summary>
/// <remarks>
/// Rewritten: <c>\d \w \s \b</c> mean ASCII, <c>$</c> without <c>(?m)</c> is the very end, <c>(?P&lt;n&gt;</c>, <c>(?U)</c>, <c>\Q…\E</c>, <c>\pL</c>, <c>\z</c>, <c>\C</c>, <c>[[:alpha:]]</c>.
/// Look-around and back-references do not exist in RE2 and are refused. The engine is non-backtracking, so no expression takes long.
/// </remarks>
internal static class Re2Pattern
{
    /// <summary>Compiles; the reason of a failure is worded as Go words it.</summary>
    public static bool TryCompile(string pattern, [NotNullWhen(true)] out Regex? regex) => TryCompile(pattern, out regex, out _);

    public static bool TryCompile(string pattern, [NotNullWhen(true)] out Regex? regex, out string reason)
    {
        try
        {
            regex = new Regex(new Translation(pattern).Run(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            reason = "";
            return true;
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            regex = null;
            reason = failure is RegexParseException parse ? $"error parsing regexp: {parse.Error} at offset {parse.Offset}: `{pattern}`" : $"error parsing regexp: {failure.Message}: `{pattern}`";
            return false;
        }
    }

    private sealed class Translation(string pattern)
    {
        private readonly StringBuilder _output = new(pattern.Length + 8);
        private readonly Stack<bool> _outerMultiline = new();
        private bool _isMultiline;
        private int _position;

        public string Run()
        {
            while (_position < pattern.Length)
            {
                Next();
            }

            return _output.ToString();
        }

        private void Next()
        {
            var character = pattern[_position];
            switch (character)
            {
                case '\\':
                    Escape(isInClass: false);
                    break;
                case '[':
                    CharacterClass();
                    break;
                case '(':
                    Group();
                    break;
                case ')':
                    _isMultiline = _outerMultiline.Count > 0 ? _outerMultiline.Pop() : _isMultiline;
                    Copy(1);
                    break;
                case '$':
                    _output.Append(_isMultiline ? "(?m:$)" : @"\z");
                    _position++;
                    break;
                case '^':
                    _output.Append(_isMultiline ? "(?m:^)" : @"\A");
                    _position++;
                    break;
                default:
                    Copy(1);
                    break;
            }
        }

        private void Group()
        {
            if (!Ahead("(?"))
            {
                _outerMultiline.Push(_isMultiline);
                _output.Append('(');
                _position++;
                return;
            }

            if (Ahead("(?P<") || (Ahead("(?<") && !Ahead("(?<=") && !Ahead("(?<!")))
            {
                _outerMultiline.Push(_isMultiline);
                _output.Append("(?<");
                _position += Ahead("(?P<") ? 4 : 3;
                return;
            }

            Flags();
        }

        /// <summary><c>(?flags)</c> and <c>(?flags:</c>; of the flags only i and s go through, m is kept here, U swaps nothing that a yes-or-no match sees.</summary>
        private void Flags()
        {
            var end = pattern.AsSpan(_position).IndexOfAny(':', ')');
            var flags = end < 0 ? "" : pattern.Substring(_position + 2, end - 2);
            if (end < 0 || flags.AsSpan().IndexOfAnyExcept("imsU-") >= 0)
            {
                throw new ArgumentException("invalid or unsupported Perl syntax");
            }

            var isOpening = pattern[_position + end] == ':';
            if (isOpening)
            {
                _outerMultiline.Push(_isMultiline);
            }

            var minus = flags.IndexOf('-', StringComparison.Ordinal);
            var on = minus < 0 ? flags : flags[..minus];
            var off = minus < 0 ? "" : flags[(minus + 1)..];
            _isMultiline = (_isMultiline || on.Contains('m', StringComparison.Ordinal)) && !off.Contains('m', StringComparison.Ordinal);
            on = Kept(on);
            off = Kept(off);
            _output.Append("(?").Append(on).Append(off.Length > 0 ? "-" + off : "");
            _output.Append(isOpening ? ":" : on.Length + off.Length > 0 ? ")" : ":)");
            _position += end + 1;
        }

        private static string Kept(string flags) => string.Concat(flags.Where(flag => flag is 'i' or 's').Distinct());

        private void CharacterClass()
        {
            _output.Append('[');
            _position++;
            if (Ahead("^"))
            {
                Copy(1);
            }

            if (Ahead("]"))
            {
                _output.Append(@"\]");
                _position++;
            }

            while (_position < pattern.Length && pattern[_position] != ']')
            {
                ClassItem();
            }

            if (_position == pattern.Length)
            {
                throw new ArgumentException("missing closing ]");
            }

            Copy(1);
        }

        private void ClassItem()
        {
            if (pattern[_position] == '\\')
            {
                Escape(isInClass: true);
            }
            else if (Ahead("[:") && pattern.IndexOf(":]", _position, StringComparison.Ordinal) is var end && end > 0)
            {
                _output.Append(PosixClass(pattern[(_position + 2)..end]));
                _position = end + 2;
            }
            else if (pattern[_position] == '[')
            {
                _output.Append(@"\[");
                _position++;
            }
            else
            {
                Copy(1);
            }
        }

        private static string PosixClass(string name) => name switch
        {
            "alnum" => "0-9A-Za-z",
            "alpha" => "A-Za-z",
            "ascii" => @"\x00-\x7F",
            "blank" => @"\t ",
            "cntrl" => @"\x00-\x1F\x7F",
            "digit" => "0-9",
            "graph" => "!-~",
            "lower" => "a-z",
            "print" => " -~",
            "punct" => @"!-/:-@\[-`{-~",
            "space" => @"\t\n\v\f\r ",
            "upper" => "A-Z",
            "word" => "0-9A-Za-z_",
            "xdigit" => "0-9A-Fa-f",
            _ => throw new ArgumentException("invalid character class range"),
        };

        private void Escape(bool isInClass)
        {
            if (_position + 1 == pattern.Length)
            {
                throw new ArgumentException("trailing backslash at end of expression");
            }

            var letter = pattern[_position + 1];
            _position += 2;
            switch (letter)
            {
                case 'Q' when !isInClass:
                    var end = pattern.IndexOf(@"\E", _position, StringComparison.Ordinal);
                    _output.Append(Regex.Escape(pattern[_position..(end < 0 ? pattern.Length : end)]));
                    _position = end < 0 ? pattern.Length : end + 2;
                    break;
                case 'p' or 'P' when _position < pattern.Length && pattern[_position] != '{':
                    _output.Append('\\').Append(letter).Append('{').Append(pattern[_position]).Append('}');
                    _position++;
                    break;
                default:
                    _output.Append(SimpleEscape(letter, isInClass));
                    break;
            }
        }

        private static string SimpleEscape(char letter, bool isInClass) => letter switch
        {
            'd' => isInClass ? "0-9" : "[0-9]",
            'D' => "[^0-9]",
            'w' => isInClass ? "0-9A-Za-z_" : "[0-9A-Za-z_]",
            'W' => "[^0-9A-Za-z_]",
            's' => isInClass ? @"\t\n\f\r " : @"[\t\n\f\r ]",
            'S' => @"[^\t\n\f\r ]",
            'C' => @"[\s\S]",
            >= '1' and <= '9' => throw new ArgumentException($"invalid escape sequence: `\\{letter}`"),
            'Z' or 'G' or 'k' or 'u' or 'c' or 'e' => throw new ArgumentException($"invalid escape sequence: `\\{letter}`"),
            _ => "\\" + letter,
        };

        private void Copy(int count)
        {
            _output.Append(pattern, _position, count);
            _position += count;
        }

        private bool Ahead(string text) => string.CompareOrdinal(pattern, _position, text, 0, text.Length) == 0;
    }
}
