using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SecretsOps.Templating.Functions;

/// <summary>Rewrites RE2 syntax, where it differs, to .NET's and compiles it for linear-time matching.</summary>
internal static class Re2
{
    private static readonly Dictionary<string, string> PosixClasses = new()
    {
        ["alnum"] = "0-9A-Za-z",
        ["alpha"] = "A-Za-z",
        ["ascii"] = @"\x00-\x7F",
        ["blank"] = @"\t ",
        ["cntrl"] = @"\x00-\x1F\x7F",
        ["digit"] = "0-9",
        ["graph"] = "!-~",
        ["lower"] = "a-z",
        ["print"] = " -~",
        ["punct"] = @"!-/:-@\[-`{-~",
        ["space"] = @"\t\n\v\f\r ",
        ["upper"] = "A-Z",
        ["word"] = "0-9A-Za-z_",
        ["xdigit"] = "0-9A-Fa-f",
    };

    /// <exception cref="TemplateFunctionException">The pattern does not compile.</exception>
    internal static (Regex Regex, IReadOnlyDictionary<string, string> Names) Compile(string pattern)
    {
        try
        {
            var rewriter = new Rewriter(pattern);
            return (new Regex(rewriter.Run(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), rewriter.Names);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new TemplateFunctionException($"regexp: Compile({Values.GoQuote.Quote(Values.ByteText.FromText(pattern))}): error parsing regexp", e);
        }
    }

    private sealed class Rewriter(string pattern)
    {
        private readonly StringBuilder _result = new();
        private int _position;
        private int _groups;
        private bool _isMultiline;

        /// <summary>Numbers of named groups: .NET would count them after the others, RE2 counts by place.</summary>
        internal Dictionary<string, string> Names { get; } = [];

        internal string Run()
        {
            while (_position < pattern.Length)
            {
                var c = pattern[_position];
                if (c == '\\')
                {
                    Escape(isInClass: false);
                }
                else if (c == '[')
                {
                    Class();
                }
                else if (c == '(' && At(1) == '?')
                {
                    Group();
                }
                else if (c == '(')
                {
                    OpenGroup();
                    _position++;
                }
                else
                {
                    _result.Append(c == '$' ? (_isMultiline ? @"(?:$)" : @"\z") : c.ToString());
                    _position++;
                }
            }

            return _result.ToString();
        }

        private char At(int offset) => _position + offset < pattern.Length ? pattern[_position + offset] : '\0';

        private void Group()
        {
            if (At(2) == '<' || (At(2) == 'P' && At(3) == '<'))
            {
                NamedGroup(_position + (At(2) == 'P' ? 4 : 3));
                return;
            }

            var end = _position + 2;
            while (end < pattern.Length && (char.IsAsciiLetter(pattern[end]) || pattern[end] == '-'))
            {
                end++;
            }

            var flags = pattern[(_position + 2)..end];
            if (flags.Contains('U', StringComparison.Ordinal))
            {
                throw new NotSupportedException("the ungreedy flag is not supported");
            }

            var on = flags.Split('-')[0];
            _isMultiline = on.Contains('m', StringComparison.Ordinal) || _isMultiline;
            _result.Append(pattern, _position, end - _position);
            _position = end;
        }

        private void NamedGroup(int start)
        {
            var end = pattern.IndexOf('>', start);
            if (end < 0)
            {
                throw new ArgumentException("invalid named capture");
            }

            OpenGroup();
            Names[pattern[start..end]] = _groups.ToString(CultureInfo.InvariantCulture);
            _position = end + 1;
        }

        private void OpenGroup() => _result.Append(CultureInfo.InvariantCulture, $"(?<{++_groups}>");

        private void Escape(bool isInClass)
        {
            var c = At(1);
            _position += 2;
            switch (c)
            {
                case 'd' or 'w' or 's':
                    var members = PosixClasses[c == 'd' ? "digit" : c == 'w' ? "word" : "space"].Replace(@"\v", c == 's' ? "" : @"\v", StringComparison.Ordinal);
                    _result.Append(isInClass ? members : $"[{members}]");
                    break;
                case 'D' or 'W' or 'S' when !isInClass:
                    _result.Append(CultureInfo.InvariantCulture, $"[^{PosixClasses[c == 'D' ? "digit" : c == 'W' ? "word" : "space"]}]");
                    break;
                case 'Q':
                    Literal();
                    break;
                case 'x' when At(0) == '{':
                    CodePoint();
                    break;
                case 'p' or 'P' when At(0) != '{':
                    _result.Append('\\').Append(c).Append('{').Append(At(0)).Append('}');
                    _position++;
                    break;
                case 'C':
                    throw new NotSupportedException("\\C is not supported");
                case '\0':
                    throw new ArgumentException("trailing backslash");
                default:
                    _result.Append('\\').Append(c);
                    break;
            }
        }

        private void Literal()
        {
            var end = pattern.IndexOf("\\E", _position, StringComparison.Ordinal);
            end = end < 0 ? pattern.Length : end;
            _result.Append(Regex.Escape(pattern[_position..end]));
            _position = Math.Min(end + 2, pattern.Length);
        }

        private void CodePoint()
        {
            var end = pattern.IndexOf('}', _position);
            if (end < 0 || !int.TryParse(pattern.AsSpan(_position + 1, end - _position - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || !Rune.IsValid(code))
            {
                throw new ArgumentException("invalid escape sequence");
            }

            _result.Append(Regex.Escape(new Rune(code).ToString()));
            _position = end + 1;
        }

        private void Class()
        {
            _result.Append('[');
            _position++;
            if (At(0) == '^')
            {
                _result.Append('^');
                _position++;
            }

            for (var isFirst = true; At(0) != ']' || isFirst; isFirst = false)
            {
                if (_position >= pattern.Length)
                {
                    throw new ArgumentException("missing closing ]");
                }

                ClassMember();
            }

            _result.Append(']');
            _position++;
        }

        private void ClassMember()
        {
            if (At(0) == '\\')
            {
                Escape(isInClass: true);
            }
            else if (At(0) == '[' && At(1) == ':')
            {
                var end = pattern.IndexOf(":]", _position, StringComparison.Ordinal);
                var name = end < 0 ? "" : pattern[(_position + 2)..end];
                _result.Append(PosixClasses.TryGetValue(name, out var members) ? members : throw new ArgumentException("invalid character class range"));
                _position = end + 2;
            }
            else
            {
                _result.Append(At(0) is '[' or ']' ? "\\" : "").Append(At(0)); // .NET would subtract classes at a bare '['
                _position++;
            }
        }
    }
}
