using System.Text;
using System.Text.RegularExpressions;
using SecretsOps.Templating.Values;
using static SecretsOps.Templating.Functions.Define;
using static SecretsOps.Templating.Functions.ParameterKind;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's regular expressions, in RE2 syntax and matched in linear time.</summary>
internal static class RegexFunctions
{
    internal static IEnumerable<TemplateFunction> All =>
    [
        Function("regexMatch", [Text, Text], call => TryMatch(call.Text(0), call.Text(1))),
        Function("mustRegexMatch", [Text, Text], call => new Subject(call.Text(0), call.Text(1)).Matches(1).Count > 0),
        .. WithMust(Function("regexFind", [Text, Text], call => new Subject(call.Text(0), call.Text(1)).Find())),
        .. WithMust(Function("regexFindAll", [Text, Text, Integer], call => Cast.TextList(new Subject(call.Text(0), call.Text(1)).FindAll(call.Integer(2))))),
        .. WithMust(Function("regexReplaceAll", [Text, Text, Text], call => new Subject(call.Text(0), call.Text(1)).Replace(call, call.Text(2), expands: true))),
        .. WithMust(Function("regexReplaceAllLiteral", [Text, Text, Text], call => new Subject(call.Text(0), call.Text(1)).Replace(call, call.Text(2), expands: false))),
        .. WithMust(Function("regexSplit", [Text, Text, Integer], call => Cast.TextList(new Subject(call.Text(0), call.Text(1)).Split(call.Integer(2))))),
        OfText("regexQuoteMeta", text => string.Concat(text.Select(c => @"\.+*?()|[]{}^$".Contains(c, StringComparison.Ordinal) ? "\\" + c : c.ToString()))),
    ];

    private static bool TryMatch(string pattern, string text)
    {
        try
        {
            return new Subject(pattern, text).Matches(1).Count > 0;
        }
        catch (TemplateFunctionException)
        {
            return false; // Compatibility: sprig's regexMatch is false for a pattern that does not compile
        }
    }

    /// <summary>A pattern and what it is matched against: characters when the bytes are UTF-8, else the bytes themselves.</summary>
    private sealed class Subject
    {
        private readonly Regex _regex;
        private readonly IReadOnlyDictionary<string, string> _names;
        private readonly string _text;
        private readonly bool _isText;

        internal Subject(string pattern, string carrier)
        {
            var text = ByteText.TryToText(carrier);
            _isText = text is not null;
            _text = text ?? carrier;
            (_regex, _names) = Re2.Compile(_isText ? ByteText.ToText(pattern) : pattern);
        }

        internal List<Match> Matches(nint most)
        {
            var matches = new List<Match>();
            for (var match = _regex.Match(_text); match.Success && (most < 0 || matches.Count < most); match = match.NextMatch())
            {
                matches.Add(match);
            }

            return matches;
        }

        internal string Find() => Matches(1) is [var match] ? Carrier(match.Value) : "";

        internal IEnumerable<string> FindAll(nint most) => Matches(most).Select(match => Carrier(match.Value));

        internal string Replace(FunctionCall call, string replacement, bool expands)
        {
            var result = new StringBuilder();
            var template = _isText ? ByteText.ToText(replacement) : replacement;
            var end = 0;
            foreach (var match in Matches(-1))
            {
                result.Append(_text, end, match.Index - end).Append(expands ? Expand(match, template) : template);
                end = match.Index + match.Length;
                call.Bounded(result.Length);
            }

            return Carrier(result.Append(_text, end, _text.Length - end).ToString());
        }

        internal IEnumerable<string> Split(nint most)
        {
            if (most == 0)
            {
                yield break;
            }

            var (start, count) = (0, 1);
            foreach (var match in Matches(-1))
            {
                if (most > 0 && count == most)
                {
                    break;
                }

                if (match.Index + match.Length == 0 || (match.Length == 0 && match.Index == _text.Length))
                {
                    continue; // an empty match at either end separates nothing
                }

                yield return Carrier(_text[start..match.Index]);
                start = match.Index + match.Length;
                count++;
            }

            yield return Carrier(_text[start..]);
        }

        // $1, ${1}, $name and ${name}; a name is as long as it can be, so $1x is the group named '1x'
        private string Expand(Match match, string template)
        {
            return Regex.Replace(template, @"\$(?:\$|\{(\w+)\}|(\w+))", found =>
            {
                if (found.Value == "$$")
                {
                    return "$";
                }

                var name = found.Groups[1].Success ? found.Groups[1].Value : found.Groups[2].Value;
                return match.Groups[_names.GetValueOrDefault(name, name)].Value;
            });
        }

        private string Carrier(string text) => _isText ? ByteText.FromText(text) : text;
    }
}
