using System.Text;

namespace SecretsOps.Kubernetes.Objects.Yaml;

/// <summary>Which styles can carry a text without changing it, in block context.</summary>
internal readonly record struct ScalarAnalysis(bool IsMultiline, bool AllowsPlain, bool AllowsSingleQuotes, bool AllowsLiteral)
{
    internal static ScalarAnalysis Of(ReadOnlySpan<Rune> text)
    {
        if (text.IsEmpty)
        {
            return new(IsMultiline: false, AllowsPlain: true, AllowsSingleQuotes: true, AllowsLiteral: false);
        }

        var hasBreaks = false;
        var hasSpecial = false;
        var hasSpaceBeforeBreak = false;
        var hasBreakBeforeSpace = false;
        for (var i = 0; i < text.Length; i++)
        {
            var isBreak = YamlCharacters.IsBreak(text[i]);
            var previous = i > 0 ? text[i - 1] : default;
            hasBreaks |= isBreak;
            hasSpecial |= !YamlCharacters.IsPrintable(text[i]);
            hasSpaceBeforeBreak |= isBreak && i > 0 && YamlCharacters.IsSpace(previous);
            hasBreakBeforeSpace |= YamlCharacters.IsSpace(text[i]) && i > 0 && YamlCharacters.IsBreak(previous);
        }

        var isExact = !hasSpaceBeforeBreak && !hasSpecial;
        var isFramed = IsSpaceOrBreak(text[0]) || IsSpaceOrBreak(text[^1]);
        return new(
            IsMultiline: hasBreaks,
            AllowsPlain: isExact && !hasBreaks && !isFramed && !HasIndicator(text),
            AllowsSingleQuotes: isExact && !hasBreakBeforeSpace,
            AllowsLiteral: isExact && !YamlCharacters.IsSpace(text[^1]));
    }

    private static bool IsSpaceOrBreak(Rune rune) => YamlCharacters.IsSpace(rune) || YamlCharacters.IsBreak(rune);

    private static bool HasIndicator(ReadOnlySpan<Rune> text)
    {
        if (StartsDocument(text) || IsIndicatorAtStart(text))
        {
            return true;
        }

        for (var i = 1; i < text.Length; i++)
        {
            if ((text[i].Value == ':' && IsFollowedByBlank(text, i)) || (text[i].Value == '#' && YamlCharacters.IsBlank(text[i - 1])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsIndicatorAtStart(ReadOnlySpan<Rune> text) => text[0].Value switch
    {
        '#' or ',' or '[' or ']' or '{' or '}' or '&' or '*' or '!' or '|' or '>' or '\'' or '"' or '%' or '@' or '`' => true,
        '?' or ':' or '-' => IsFollowedByBlank(text, 0),
        _ => false,
    };

    private static bool IsFollowedByBlank(ReadOnlySpan<Rune> text, int i) =>
        i + 1 == text.Length || YamlCharacters.IsBlank(text[i + 1]);

    private static bool StartsDocument(ReadOnlySpan<Rune> text) =>
        text.Length >= 3 && text[0].Value is '-' or '.' && text[1] == text[0] && text[2] == text[0];
}
